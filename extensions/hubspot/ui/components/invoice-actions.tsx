// What can be done with one invoice: its link, and collecting it again, at hand; the rest in a menu.
import type { ReactElement } from 'react';
import { Button, Dropdown, Flex } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import type { InvoiceView, OperationKind } from '../view-types.ts';
import { useDialog, type DialogContent, type DialogOptions } from './dialog.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { useCopyLink } from './link-result.tsx';
import { NewInvoiceForm } from './new-invoice-form.tsx';
import { ChargeForm, SendForm, VoidForm } from './simple-forms.tsx';

type InvoiceAction = {
  kind: OperationKind;
  text: string;
  dialog: (invoice: InvoiceView) => Omit<DialogOptions, 'id' | 'content'>;
  form: (invoice: InvoiceView, dialog: DialogContent) => ReactElement;
};

/** The one thing to do with what a bank took back: a button of its own. */
const collectAgain: InvoiceAction = {
  kind: 'create-invoice',
  text: 'Collect again',
  dialog: ({ number }) => ({ title: `Collect ${number} again`, width: 'lg' }),
  form: (invoice, dialog) => <NewInvoiceForm replaces={invoice} {...dialog} />,
};

const menuActions: readonly InvoiceAction[] = [
  {
    kind: 'send-invoice',
    text: 'Send',
    dialog: ({ number }) => ({ title: `Send ${number}` }),
    form: (invoice, dialog) => <SendForm invoice={invoice} {...dialog} />,
  },
  {
    kind: 'charge-saved-method',
    text: 'Charge card on file',
    dialog: ({ number }) => ({ title: `Charge card on file for ${number}` }),
    form: (invoice, dialog) => <ChargeForm invoice={invoice} {...dialog} />,
  },
  {
    kind: 'void-invoice',
    text: 'Void',
    dialog: ({ number }) => ({ title: `Void ${number}?`, danger: true }),
    form: (invoice, dialog) => <VoidForm invoice={invoice} {...dialog} />,
  },
];

type ActionProps = { invoice: InvoiceView; action: InvoiceAction };

const useAction = ({ invoice, action }: ActionProps) =>
  useDialog({
    id: `${action.kind}:${invoice.id}`,
    content: (dialog) => action.form(invoice, dialog),
    ...action.dialog(invoice),
  });

function ActionItem(props: ActionProps) {
  return <Dropdown.ButtonItem {...useAction(props)}>{props.action.text}</Dropdown.ButtonItem>;
}

function ActionButton(props: ActionProps) {
  return (
    <Button size="xs" {...useAction(props)}>
      {props.action.text}
    </Button>
  );
}

function LinkItem({ invoice, payUrl }: { invoice: InvoiceView; payUrl: string }) {
  const { qrCodes } = useCard();
  const trigger = useDialog({
    id: `link:${invoice.id}`,
    title: `Payment link of ${invoice.number}`,
    content: ({ close }) => <LinkDialog invoiceId={invoice.id} payUrl={payUrl} close={close} />,
  });
  return (
    <Dropdown.ButtonItem {...trigger}>
      {qrCodes.has(invoice.id) ? 'QR code' : 'Show link'}
    </Dropdown.ButtonItem>
  );
}

/** The actions offered for an invoice; one whose dialog is open stays until it is closed. */
function useIsOffered(invoice: InvoiceView): (action: InvoiceAction) => boolean {
  const { dialogs } = useCard();
  return ({ kind }) => invoice.actions.includes(kind) || dialogs.isOpen(`${kind}:${invoice.id}`);
}

export function InvoiceActions({ invoice }: { invoice: InvoiceView }) {
  const copy = useCopyLink();
  const isOffered = useIsOffered(invoice);
  const inMenu = menuActions.filter(isOffered);
  const { payUrl } = invoice;
  const hasMenu = inMenu.length > 0 || payUrl !== null;
  if (!hasMenu && !isOffered(collectAgain)) return null;
  return (
    <Flex gap="extra-small" justify="end" wrap="nowrap">
      {payUrl !== null && (
        <Button size="xs" onClick={() => void copy(payUrl)} testId={`copy-${invoice.id}`}>
          Copy link
        </Button>
      )}
      {isOffered(collectAgain) && <ActionButton invoice={invoice} action={collectAgain} />}
      {hasMenu && (
        <Dropdown buttonText="More" buttonSize="xs" variant="transparent" testId={`more-${invoice.id}`}>
          {payUrl !== null && <LinkItem invoice={invoice} payUrl={payUrl} />}
          {inMenu.map((action) => (
            <ActionItem key={action.kind} invoice={invoice} action={action} />
          ))}
        </Dropdown>
      )}
    </Flex>
  );
}
