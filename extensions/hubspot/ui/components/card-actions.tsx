// What can be done for the whole record; the main thing first.
import type { ReactElement } from 'react';
import { Button, Flex, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { OperationKind } from '../view-types.ts';
import { CreditForm } from './credit-form.tsx';
import { useDialog, type DialogContent } from './dialog.tsx';
import { LinkForm } from './link-form.tsx';
import { NewInvoiceForm } from './new-invoice-form.tsx';

type RecordAction = {
  kind: OperationKind;
  text: string;
  width: 'sm' | 'lg';
  form: (dialog: DialogContent) => ReactElement;
};

const recordActions: readonly RecordAction[] = [
  {
    kind: 'create-invoice',
    text: 'New invoice',
    width: 'lg',
    form: (dialog) => <NewInvoiceForm {...dialog} />,
  },
  { kind: 'create-link', text: 'Payment link', width: 'sm', form: (dialog) => <LinkForm {...dialog} /> },
  {
    kind: 'return-credit',
    text: 'Give back credit',
    width: 'sm',
    form: (dialog) => <CreditForm {...dialog} />,
  },
];

function ActionButton({ action, isMain }: { action: RecordAction; isMain: boolean }) {
  const { kind, text, width, form } = action;
  const trigger = useDialog({ id: kind, title: text, width, content: form });
  return (
    <Button size="sm" variant={isMain ? 'primary' : 'secondary'} testId={kind} {...trigger}>
      {text}
    </Button>
  );
}

export function CardActions() {
  const { view, dialogs } = useCard();
  const offered = recordActions.filter(({ kind }) => view.actions.includes(kind) || dialogs.isOpen(kind));
  if (offered.length === 0 && view.role === 'viewer')
    return <Text variant="microcopy">You can see payments here. An admin can let you collect.</Text>;
  if (offered.length === 0) return null;
  return (
    <Flex gap="small" wrap>
      {offered.map((action, index) => (
        <ActionButton key={action.kind} action={action} isMain={index === 0} />
      ))}
    </Flex>
  );
}
