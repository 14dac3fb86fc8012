// A payment link for an amount, to send or show right away.
import { useState } from 'react';
import { Input } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import { useOperation } from '../hooks/use-operation.ts';
import { AmountFields } from './amount-fields.tsx';
import type { DialogContent } from './dialog.tsx';
import { OperationForm } from './operation-form.tsx';
import { PayerLine } from './payer-line.tsx';

export function LinkForm({ operationKey, close }: DialogContent) {
  const { composer } = useCard().view;
  const { state, locked, run, again } = useOperation('create-link', operationKey);
  const [currency, setCurrency] = useState(composer.currency);
  const [amount, setAmount] = useState('');
  const [description, setDescription] = useState('');
  const [tried, setTried] = useState(false);
  const lacksAmount = tried && amount.trim() === '';
  const lacksDescription = tried && description.trim() === '';
  const submit = () => {
    setTried(true);
    if (amount.trim() === '' || description.trim() === '') return;
    run({ currency, amount: amount.trim(), description: description.trim() });
  };
  return (
    <OperationForm
      state={state}
      again={again}
      submitText="Create payment link"
      onSubmit={submit}
      onClose={close}
    >
      <PayerLine payer={composer.payer} />
      <AmountFields
        currencies={composer.currencies}
        currency={currency}
        onCurrency={setCurrency}
        amount={amount}
        onAmount={setAmount}
        problem={lacksAmount ? 'Type the amount.' : null}
        readOnly={locked}
      />
      <Input
        label="What it is for"
        name="description"
        value={description}
        onInput={setDescription}
        required
        readOnly={locked}
        error={lacksDescription}
        validationMessage={lacksDescription ? 'The payer sees this: say what it is for.' : ''}
      />
    </OperationForm>
  );
}
