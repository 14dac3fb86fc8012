// Forms with a question and one answer: send an invoice, void it, charge a card on file.
import { useState } from 'react';
import { Select, Text } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import { useOperation } from '../hooks/use-operation.ts';
import { useCloseWhenDone } from '../hooks/use-close-when-done.ts';
import type { InvoiceView, MethodView } from '../view-types.ts';
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

const methodLabel = ({ text, expiresText }: MethodView): string =>
  expiresText === null ? text : `${text} · ${expiresText}`;

export function ChargeForm({ invoice, operationKey, close }: InvoiceDialog) {
  const { view } = useCard();
  const { state, locked, run, again } = useOperation('charge-saved-method', operationKey);
  useCloseWhenDone(state, close);
  const methods = view.methods.filter(({ id }) => invoice.methodIds.includes(id));
  const [chosen, choose] = useState<string | null>(null);
  const methodId = chosen ?? methods[0]?.id;
  const charge = () => methodId !== undefined && run({ invoiceId: invoice.id, methodId });
  return (
    <OperationForm
      state={state}
      again={again}
      submitText={`Charge ${invoice.due.text}`}
      onSubmit={charge}
      onClose={close}
    >
      <Text>
        {invoice.number}: {invoice.due.text} is taken now.
      </Text>
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
