// What was edited in HubSpot and is kept: how much, on which records, and the way to have it put right.
import { Alert, Flex, List, Text } from '@hubspot/ui-extensions';
import type { SettingsView } from '../view-types.ts';
import { SavedButton } from './saved-button.tsx';

type Edits = NonNullable<NonNullable<SettingsView['admin']>['keptEdits']>;

export function KeptEdits({ edits }: { edits: Edits }) {
  const { title, text, records } = edits;
  return (
    <Flex direction="column" gap="small">
      <Alert title={title} variant="warning">
        {text}
      </Alert>
      <List variant="unordered-styled">
        {records.map((record) => (
          <Text key={record.id}>{record.text}</Text>
        ))}
      </List>
      <SavedButton text="Put right now" change={{ putRight: true }} word="They are being put right." />
    </Flex>
  );
}
