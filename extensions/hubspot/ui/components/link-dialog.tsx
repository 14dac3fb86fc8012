// The payment link of an invoice that is already out.
import { Button, ModalBody, ModalFooter } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { DialogContent } from './dialog.tsx';
import { LinkResult } from './link-result.tsx';

type LinkDialogProps = Pick<DialogContent, 'close'> & { invoiceId: string; payUrl: string };

export function LinkDialog({ invoiceId, payUrl, close }: LinkDialogProps) {
  const qr = useCard().qrCodes.get(invoiceId);
  return (
    <>
      <ModalBody>
        <LinkResult payUrl={payUrl} invoiceId={invoiceId} {...(qr !== undefined && { qr })} />
      </ModalBody>
      <ModalFooter>
        <Button onClick={close}>Close</Button>
      </ModalFooter>
    </>
  );
}
