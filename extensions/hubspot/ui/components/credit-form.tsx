// Gives credit back to the customer: an amount up to what they have.
import { useState } from 'react';
import { useCard } from '../card-context.ts';
import { useCloseWhenDone } from '../hooks/use-close-when-done.ts';
import { useOperation } from '../hooks/use-operation.ts';
import { AmountFields } from './amount-fields.tsx';
import type { DialogContent } from './dialog.tsx';
import { OperationForm } from './operation-form.tsx';

export function CreditForm({ operationKey, close }: DialogContent) {
  const { credit, composer } = useCard().view;
  const { state, locked, run, again } = useOperation('return-credit', operationKey);
  useCloseWhenDone(state, close);
  const [currency, setCurrency] = useState(credit[0]?.currency ?? composer.currency);
  const [amount, setAmount] = useState('');
  const [tried, setTried] = useState(false);
  const available = credit.find((one) => one.currency === currency);
  const submit = () => {
    setTried(true);
    if (amount.trim() !== '') run({ currency, amount: amount.trim() });
  };
  return (
    <OperationForm state={state} again={again} submitText="Give back" onSubmit={submit} onClose={close}>
      <AmountFields
        currencies={credit.length > 0 ? credit.map((one) => one.currency) : [currency]}
        currency={currency}
        onCurrency={setCurrency}
        amount={amount}
        onAmount={setAmount}
        problem={tried && amount.trim() === '' ? 'Type the amount.' : null}
        readOnly={locked}
        {...(available && { description: `Credit: ${available.text}` })}
      />
    </OperationForm>
  );
}
