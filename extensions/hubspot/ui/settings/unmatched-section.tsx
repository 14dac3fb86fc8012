// Customers of the gateway that belong to no record yet, for a person to assign.
import { Alert, Button, Divider, Flex, Heading, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import { usePage } from './page-context.ts';
import type { SettingsConnector } from './settings-connector.ts';
import { UnmatchedRow } from './unmatched-row.tsx';
import { useUnmatched, type Unmatched } from './use-unmatched.ts';

type ListProps = { list: Unmatched; connector: SettingsConnector };

function UnmatchedList({ list, connector }: ListProps) {
  const { tell } = usePage();
  const { state, remove } = list;
  if (state.status === 'loading') return <LoadingSpinner label="Loading customers" showLabel />;
  if (state.status === 'error')
    return (
      <Alert title="The list could not be loaded" variant="warning">
        {state.failure.message}
      </Alert>
    );
  const { payers, total } = state;
  if (total === 0) return <Text>Every customer is matched to a record.</Text>;
  const assigned = (customerId: string, message: string): void => {
    remove(customerId);
    tell(message);
  };
  return (
    <>
      {total > payers.length && (
        <Text variant="microcopy">{`Here are the first ${payers.length} of ${total}.`}</Text>
      )}
      {payers.map((payer) => (
        <UnmatchedRow key={payer.customerId} payer={payer} connector={connector} onAssigned={assigned} />
      ))}
    </>
  );
}

export function UnmatchedSection({ connector }: { connector: SettingsConnector }) {
  const list = useUnmatched(connector);
  return (
    <Flex direction="column" gap="small">
      <Heading>Customers without a record</Heading>
      <Text variant="microcopy">
        What they owe and pay shows on no record until somebody assigns them. Payside never makes a contact by
        itself.
      </Text>
      <UnmatchedList list={list} connector={connector} />
      {list.state.status !== 'loading' && (
        <Flex>
          <Button variant="transparent" onClick={list.reload}>
            Refresh the list
          </Button>
        </Flex>
      )}
      <Divider />
    </Flex>
  );
}
