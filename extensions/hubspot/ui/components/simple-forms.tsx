// Forms with a question and one answer: send an invoice, void it, charge a card on file, take a customer off.
import { useRef, useState } from 'react';
import { Alert, Select, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import { useOperation } from '../hooks/use-operation.ts';
import { useCloseWhenDone } from '../hooks/use-close-when-done.ts';
import type { Amount, InvoiceView, MethodView, PayerView } from '../view-types.ts';
import type { DialogContent } from './dialog.tsx';
import { OperationForm } from './operation-form.tsx';
import { payerText } from './payer-line.tsx';

type InvoiceDialog = DialogContent & { invoice: InvoiceView };

export function SendForm({ invoice, operationKey, close }: InvoiceDialog) {
  const { state, run, again } = useOperation('send-invoice', operationKey);
  useCloseWhenDone(state, close);
  const payer = invoice.payer?.email ? payerText(invoice.payer) : null;
  return (
    <OperationForm
      state={state}
      again={again}
      submitText="Send"
      onSubmit={() => run({ invoiceId: invoice.id })}
      onClose={close}
    >
      <Text>
        {invoice.number} over {invoice.due.text} goes to {payer ?? 'the payer'} by e-mail, with a payment
        link.
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

/** A contact brings along the company that is its primary one. */
const placeOf = (objectType: string): string =>
  objectType === 'contacts' ? 'this contact, nor on its company' : 'this record';

export function ReleaseForm({ payer, operationKey, close }: DialogContent & { payer: PayerView }) {
  const { view } = useCard();
  const { state, run, again } = useOperation('release-payer', operationKey);
  useCloseWhenDone(state, close);
  return (
    <OperationForm
      state={state}
      again={again}
      submitText="Take off"
      destructive
      onSubmit={() => run({ customerId: payer.customerId })}
      onClose={close}
    >
      <Text>
        What {payer.name} owes and has paid no longer shows on {placeOf(view.record.objectType)}.
      </Text>
      <Text>
        Unless another record has the customer, it waits in the settings of Payside until somebody assigns it.
        Payside does not match it by itself again.
      </Text>
      <Text>Nothing changes at the gateway: open invoices can still be paid.</Text>
    </OperationForm>
  );
}

const methodLabel = ({ text, expiresText }: MethodView): string =>
  expiresText === null ? text : `${text} · ${expiresText}`;

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
  const methods = view.methods.filter(({ id }) => invoice.methodIds.includes(id));
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
