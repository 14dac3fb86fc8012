// Forms with a question and one answer: send an invoice, void it, charge a card on file.
import { useRef, useState } from 'react';
import { Alert, Select, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import { useOperation } from '../hooks/use-operation.ts';
import { useCloseWhenDone } from '../hooks/use-close-when-done.ts';
import type { Amount, InvoiceView, MethodView } from '../view-types.ts';
import type { DialogContent } from './dialog.tsx';
import { OperationForm } from './operation-form.tsx';

type InvoiceDialog = DialogContent & { invoice: InvoiceView };

export function SendForm({ invoice, operationKey, close }: InvoiceDialog) {
  const { view } = useCard();
  const { state, run, again } = useOperation('send-invoice', operationKey);
  useCloseWhenDone(state, close);
  const email = view.composer.payer?.email;
  return (
    <OperationForm
      state={state}
      again={again}
      submitText="Send"
      onSubmit={() => run({ invoiceId: invoice.id })}
      onClose={close}
    >
      <Text>
        {invoice.number} over {invoice.due.text} goes {email ? `to ${email}` : 'to the payer'} by e-mail, with
        a payment link.
      </Text>
    </OperationForm>
  );
}

export function VoidForm({ invoice, operationKey, close }: InvoiceDialog) {
  const { state, run, again } = useOperation('void-invoice', operationKey);
  useCloseWhenDone(state, close);
  return (
    <OperationForm
      state={state}
      again={again}
      submitText="Void invoice"
      destructive
      onSubmit={() => run({ invoiceId: invoice.id })}
      onClose={close}
    >
      <Text>
        {invoice.number} over {invoice.total.text} can no longer be paid after this. It cannot be undone.
      </Text>
    </OperationForm>
  );
}

const methodLabel = ({ text, expiresText }: MethodView): string =>
  expiresText === null ? text : `${text}, ${expiresText}`;

/** What a charge takes: now, or as last known where none is offered any more; and when the dialog was opened. */
function useCharge({ charge, due }: InvoiceView): { now: Amount; first: Amount } {
  const [first] = useState(charge ?? due);
  const last = useRef(first);
  last.current = charge ?? last.current;
  return { now: last.current, first };
}

function ChangedAmount({ now, first }: { now: Amount; first: Amount }) {
  if (now.text === first.text) return null;
  return (
    <Alert title="The amount has changed" variant="warning">
      It was {first.text} when you opened this, and is {now.text} now.
    </Alert>
  );
}

export function ChargeForm({ invoice, operationKey, close }: InvoiceDialog) {
  const { view } = useCard();
  const { state, locked, run, again } = useOperation('charge-saved-method', operationKey);
  useCloseWhenDone(state, close);
  const { now, first } = useCharge(invoice);
  const methods = view.methods.filter(({ chargeable }) => chargeable);
  const [chosen, choose] = useState<string | null>(null);
  const methodId = chosen ?? methods[0]?.id;
  const charge = () =>
    methodId !== undefined && run({ invoiceId: invoice.id, methodId, amountMinor: now.amountMinor });
  return (
    <OperationForm
      state={state}
      again={again}
      submitText={`Charge ${now.text}`}
      onSubmit={charge}
      onClose={close}
    >
      <Text>
        {invoice.number}: {now.text} is taken now.
      </Text>
      <ChangedAmount now={now} first={first} />
      <Select
        label="Card on file"
        name="methodId"
        value={methodId ?? ''}
        options={methods.map((method) => ({ label: methodLabel(method), value: method.id }))}
        onChange={(value) => choose(String(value))}
        readOnly={locked}
        required
      />
    </OperationForm>
  );
}
