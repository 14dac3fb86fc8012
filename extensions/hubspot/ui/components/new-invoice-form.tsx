// A new invoice: lines from the deal or typed in, tax, due date, memo, and whether it is sent at once.
import { useState } from 'react';
import { Box, DateInput, Flex, Select, TextArea, Toggle } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';
import { dayText, inputDay, type InputDay } from '../day.ts';
import { useCloseWhenDone } from '../hooks/use-close-when-done.ts';
import { useOperation } from '../hooks/use-operation.ts';
import { bodyOf, composerFor, newDraft, type InvoiceDraft } from '../invoice-draft.ts';
import type { Composer, InvoiceView } from '../view-types.ts';
import { CurrencySelect } from './amount-fields.tsx';
import type { DialogContent } from './dialog.tsx';
import { InvoiceLines } from './invoice-lines.tsx';
import { OperationForm } from './operation-form.tsx';
import { PayerLine } from './payer-line.tsx';

type Part = {
  draft: InvoiceDraft;
  change: (part: Partial<InvoiceDraft>) => void;
  composer: Composer;
  readOnly: boolean;
};

const isDeal = (objectType: string): boolean => objectType === 'deals' || objectType === '0-3';

function LineSource({ draft, change, readOnly }: Omit<Part, 'composer'>) {
  return (
    <Select
      label="Lines"
      name="source"
      value={draft.source}
      options={[
        { label: "The deal's line items", value: 'record' },
        { label: 'Typed in here', value: 'typed' },
      ]}
      onChange={(value) => change({ source: value === 'record' ? 'record' : 'typed' })}
      readOnly={readOnly}
    />
  );
}

function DueDate({ draft, change, readOnly }: Omit<Part, 'composer'>) {
  const day = inputDay(draft.dueDate);
  return (
    <DateInput
      label="Due"
      name="dueDate"
      format="standard"
      required
      readOnly={readOnly}
      onChange={(value: InputDay | null) => value && change({ dueDate: dayText(value) })}
      {...(day && { value: day })}
    />
  );
}

function Terms({ draft, change, composer, readOnly }: Part) {
  return (
    <Flex gap="small" align="start">
      <Box flex={1}>
        <CurrencySelect
          currencies={composer.currencies}
          value={draft.currency}
          onChange={(currency) => change({ currency })}
          readOnly={readOnly}
        />
      </Box>
      <Box flex={1}>
        <DueDate draft={draft} change={change} readOnly={readOnly} />
      </Box>
      {composer.taxRates.length > 0 && (
        <Box flex={1}>
          <Select
            label="Tax"
            name="taxRateId"
            value={draft.taxRateId}
            options={[
              { label: 'No tax', value: '' },
              ...composer.taxRates.map(({ id, text }) => ({ label: text, value: id })),
            ]}
            onChange={(value) => change({ taxRateId: String(value) })}
            readOnly={readOnly}
          />
        </Box>
      )}
    </Flex>
  );
}

function Delivery({ draft, change, composer, readOnly }: Part) {
  const { payer } = composer;
  return (
    <>
      <TextArea
        label="Memo"
        name="memo"
        value={draft.memo}
        onInput={(memo) => change({ memo })}
        description="The payer sees it on the invoice."
        maxLength={500}
        rows={2}
        readOnly={readOnly}
      />
      <Toggle
        label={payer?.email ? `Send to ${payer.email}` : 'Send by e-mail'}
        name="send"
        labelDisplay="inline"
        size="sm"
        checked={draft.send}
        onChange={(send) => change({ send })}
        readonly={readOnly}
      />
    </>
  );
}

/** `replaces`: the invoice whose reversed amount is collected again. */
export function NewInvoiceForm({
  operationKey,
  close,
  replaces,
}: DialogContent & { replaces?: InvoiceView }) {
  const { record, ...view } = useCard().view;
  const composer = composerFor(view.composer, replaces);
  const { state, locked, run, again } = useOperation('create-invoice', operationKey);
  useCloseWhenDone(state, close);
  const fromRecord = isDeal(record.objectType) && replaces === undefined;
  const [draft, setDraft] = useState(() =>
    newDraft(composer, fromRecord ? 'record' : 'typed', replaces?.again),
  );
  const [tried, setTried] = useState(false);
  const change = (part: Partial<InvoiceDraft>) => setDraft((before) => ({ ...before, ...part }));
  const part = { draft, change, readOnly: locked };
  const submit = () => {
    setTried(true);
    const body = bodyOf(draft, replaces?.id);
    if (body) run(body);
  };
  return (
    <OperationForm
      state={state}
      again={again}
      submitText={draft.send ? 'Create and send' : 'Create invoice'}
      onSubmit={submit}
      onClose={close}
    >
      <PayerLine payer={composer.payer} />
      {fromRecord && <LineSource {...part} />}
      {draft.source === 'typed' && (
        <InvoiceLines
          lines={draft.lines}
          onChange={(lines) => change({ lines })}
          tried={tried}
          readOnly={locked}
        />
      )}
      <Terms {...part} composer={composer} />
      <Delivery {...part} composer={composer} />
    </OperationForm>
  );
}
