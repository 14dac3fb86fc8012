// One customer without a record: who it is, why nobody was matched, and whom to assign it to.
import { useState } from 'react';
import { Button, Flex, Form, Input, LoadingButton, Select, Text } from '@hubspot/ui-extensions';
import { OperationMessage } from '../components/operation-form.tsx';
import type { UnmatchedPayer } from '../view-types.ts';
import type { SettingsConnector } from './settings-connector.ts';
import { useAssign, type Assign } from './use-assign.ts';

type Candidate = UnmatchedPayer['candidates'][number];
type Target = Pick<Candidate, 'objectType' | 'recordId'>;

const OTHER = 'other';

const keyOf = ({ objectType, recordId }: Target): string => `${objectType}/${recordId}`;

const words: Record<string, string> = { companies: 'company', deals: 'deal' };

const labelOf = ({ objectType, recordId, name }: Candidate): string => {
  const place = `${words[objectType] ?? 'contact'} ${recordId}`;
  return name === null ? `${place[0]?.toUpperCase()}${place.slice(1)}` : `${name} (${place})`;
};

const contactOf = (typed: string): Target | null =>
  /^\d{1,20}$/.test(typed.trim()) ? { objectType: 'contacts', recordId: typed.trim() } : null;

/**
 * What is chosen: one of the candidates, or a contact by the id a person typed. Where a person took the customer off a
 * record, nothing is proposed: it would be that very record.
 */
function useTarget({ candidates, reason }: UnmatchedPayer) {
  const [first] = candidates;
  const isPlain = candidates.length === 1 && reason !== 'released';
  const [chosen, choose] = useState(first && isPlain ? keyOf(first) : '');
  const [typed, type] = useState('');
  const byId = candidates.length === 0 || chosen === OTHER;
  const candidate = candidates.find((one) => keyOf(one) === chosen) ?? null;
  return { chosen, choose, typed, type, byId, target: byId ? contactOf(typed) : candidate };
}

type FieldsProps = {
  customer: string;
  candidates: readonly Candidate[];
  chosen: ReturnType<typeof useTarget>;
  locked: boolean;
};

function TargetFields({ customer, candidates, chosen, locked }: FieldsProps) {
  const options = candidates.map((one) => ({ label: labelOf(one), value: keyOf(one) }));
  return (
    <>
      {candidates.length > 0 && (
        <Select
          label={`Contact of ${customer}`}
          name="candidate"
          placeholder="Choose a contact"
          value={chosen.chosen}
          options={[...options, { label: 'Another contact', value: OTHER }]}
          readOnly={locked}
          onChange={(value) => chosen.choose(String(value))}
        />
      )}
      {chosen.byId && (
        <Input
          label={`Record id of ${customer}’s contact`}
          name="recordId"
          description="The digits at the end of the contact’s address in HubSpot."
          value={chosen.typed}
          readOnly={locked}
          onInput={chosen.type}
        />
      )}
    </>
  );
}

function AssignButton({ assign, disabled }: { assign: Assign; disabled: boolean }) {
  if (assign.again) return <Button onClick={assign.again}>Try again</Button>;
  const isSending = assign.state.status === 'sending';
  return (
    <LoadingButton type="submit" loading={isSending} disabled={disabled || assign.locked}>
      Assign
    </LoadingButton>
  );
}

export type UnmatchedRowProps = {
  payer: UnmatchedPayer;
  connector: SettingsConnector;
  onAssigned: (customerId: string, message: string) => void;
};

export function UnmatchedRow({ payer, connector, onAssigned }: UnmatchedRowProps) {
  const { customerId, name, email, reasonText, candidates } = payer;
  const customer = name ?? email ?? customerId;
  const chosen = useTarget(payer);
  const assign = useAssign(connector, (message) => onAssigned(customerId, message));
  const submit = (): void => {
    if (chosen.target) assign.run({ ...chosen.target, customerId });
  };
  return (
    <Form preventDefault autoComplete="off" onSubmit={submit}>
      <Flex direction="column" gap="extra-small">
        <Text format={{ fontWeight: 'demibold' }}>{customer}</Text>
        {email !== null && email !== customer && <Text variant="microcopy">{email}</Text>}
        <Text variant="microcopy">{reasonText}</Text>
        <Flex gap="small" wrap="wrap" align="end">
          <TargetFields customer={customer} candidates={candidates} chosen={chosen} locked={assign.locked} />
          <AssignButton assign={assign} disabled={chosen.target === null} />
        </Flex>
        <OperationMessage state={assign.state} />
      </Flex>
    </Form>
  );
}
