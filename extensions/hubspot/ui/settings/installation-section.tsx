// How the connection to HubSpot is: what was granted, and what HubSpot refused.
import { Alert, DescriptionList, DescriptionListItem, Flex, Heading, Text } from '@hubspot/ui-extensions';
import type { SettingsView } from '../view-types.ts';

type Installation = NonNullable<SettingsView['admin']>['installation'];

const Item = ({ label, text }: { label: string; text: string }) => (
  <DescriptionListItem label={label}>
    <Text>{text}</Text>
  </DescriptionListItem>
);

export function InstallationSection({ installation }: { installation: Installation }) {
  const { portalId, installedText, missingScopes, mirrorsInvoices, refusedWrites, lastError } = installation;
  return (
    <Flex direction="column" gap="small">
      <Heading>Connection to HubSpot</Heading>
      {refusedWrites > 0 && (
        <Alert title={`HubSpot refused ${refusedWrites} updates of records`} variant="warning">
          {lastError ?? 'The operator of the connector can see why, and send them again.'}
        </Alert>
      )}
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
