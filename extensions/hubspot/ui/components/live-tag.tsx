// What the payer is doing on the pay page at this moment.
import { StatusTag } from '@hubspot/ui-extensions';

export function LiveTag({ text }: { text: string }) {
  return (
    <StatusTag variant="info" hollow>
      {text}
    </StatusTag>
  );
}
