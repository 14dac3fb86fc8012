// How the connection to HubSpot is: what was granted, what was given up on, and what was edited there and is kept.
import { Alert, DescriptionList, DescriptionListItem, Flex, Heading, Text } from '@hubspot/ui-extensions';
import type { SettingsView } from '../view-types.ts';
import { KeptEdits } from './kept-edits.tsx';

type Admin = NonNullable<SettingsView['admin']>;
type Props = Pick<Admin, 'installation' | 'givenUp' | 'keptEdits'>;

const Item = ({ label, text }: { label: string; text: string }) => (
  <DescriptionListItem label={label}>
    <Text>{text}</Text>
  </DescriptionListItem>
);

export function InstallationSection({ installation, givenUp, keptEdits }: Props) {
  const { portalId, installedText, missingScopes, mirrorsInvoices } = installation;
  return (
    <Flex direction="column" gap="small">
      <Heading>Connection to HubSpot</Heading>
      {givenUp && (
        <Alert title={givenUp.title} variant="warning">
          {givenUp.text}
        </Alert>
      )}
      {keptEdits && <KeptEdits edits={keptEdits} />}
      <DescriptionList direction="row">
        <Item label="Account" text={portalId} />
        <Item label="Installed" text={installedText} />
        <Item label="Invoices in HubSpot" text={mirrorsInvoices ? 'Mirrored' : 'Not mirrored'} />
        <Item
          label="Optional permissions"
          text={missingScopes.length === 0 ? 'All granted' : `Not granted: ${missingScopes.join(', ')}`}
        />
      </DescriptionList>
    </Flex>
  );
}
