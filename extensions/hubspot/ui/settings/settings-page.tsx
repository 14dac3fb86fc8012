// The settings page: everybody sees what concerns them, admins change it.
import { useMemo } from 'react';
import {
  Alert,
  DescriptionList,
  DescriptionListItem,
  Flex,
  LoadingSpinner,
  Text,
  useExtensionActions,
  useExtensionContext,
} from '@hubspot/ui-extensions';
import { FailedCard } from '../components/card-states.tsx';
import { notSetUp } from '../connector.ts';
import type { SettingsView } from '../view-types.ts';
import { BrandForm } from './brand-form.tsx';
import { GatewaySection } from './gateway-section.tsx';
import { InstallationSection } from './installation-section.tsx';
import { OtherCrmSection } from './other-crm-section.tsx';
import { PageProvider } from './page-context.ts';
import { PaymentsForm } from './payments-form.tsx';
import { PeopleForm } from './people-form.tsx';
import { createSettingsConnector } from './settings-connector.ts';
import { UnmatchedSection } from './unmatched-section.tsx';
import { useSettings } from './use-settings.ts';

const PAY_PAGE_TEXTS: Record<SettingsView['payPage'], string> = {
  embedded: 'Payside’s own page',
  hosted: 'The gateway’s hosted page',
};

const OnlyLooking = ({ view }: { view: SettingsView }) => (
  <Flex direction="column" gap="small">
    <Alert title="Only admins can change the settings">
      Your role is {view.role}. Ask an admin of Payside if you need another one.
    </Alert>
    <DescriptionList direction="row">
      <DescriptionListItem label="Brand">
        <Text>{view.brand.name}</Text>
      </DescriptionListItem>
      <DescriptionListItem label="Time zone">
        <Text>{view.timeZone}</Text>
      </DescriptionListItem>
      <DescriptionListItem label="Pay page">
        <Text>{PAY_PAGE_TEXTS[view.payPage]}</Text>
      </DescriptionListItem>
    </DescriptionList>
  </Flex>
);

const mayAssign = ({ role }: SettingsView): boolean => role === 'finance' || role === 'admin';

/** Forms start anew from what was saved, and keep what is being typed when only the progress moved. */
const keyOf = (...parts: unknown[]): string => JSON.stringify(parts);

function AdminParts({ view, admin }: { view: SettingsView; admin: NonNullable<SettingsView['admin']> }) {
  const { brand, timeZone, payPage, linkOnRecord, crmEdits } = view;
  return (
    <>
      <BrandForm key={keyOf('brand', brand)} />
      <PaymentsForm
        key={keyOf('pay', timeZone, payPage, linkOnRecord, crmEdits)}
        timeZones={admin.timeZones}
      />
      <PeopleForm key={keyOf('people', admin.people)} people={admin.people} note={admin.peopleNote} />
      <OtherCrmSection otherCrm={admin.otherCrm} />
      <InstallationSection {...admin} />
    </>
  );
}

function LoadedPage({ connectorUrl }: { connectorUrl: string }) {
  const { addAlert, copyTextToClipboard } = useExtensionActions<'settings'>();
  const connector = useMemo(() => createSettingsConnector(connectorUrl), [connectorUrl]);
  const { state, reload, save, step } = useSettings(connector);
  if (state.status === 'loading')
    return <LoadingSpinner label="Loading settings" showLabel layout="centered" />;
  if (state.status === 'error') return <FailedCard failure={state.failure} onRetry={reload} />;
  const { view } = state;
  const tell = (message: string) => addAlert({ type: 'success', message });
  const warn = (message: string) => addAlert({ type: 'warning', message });
  const copy = (text: string) => copyTextToClipboard(text);
  return (
    <PageProvider value={{ view, reload, save, step, tell, warn, copy }}>
      <Flex direction="column" gap="large">
        <GatewaySection />
        {view.admin ? <AdminParts view={view} admin={view.admin} /> : <OnlyLooking view={view} />}
        {mayAssign(view) && <UnmatchedSection connector={connector} />}
      </Flex>
    </PageProvider>
  );
}

export function SettingsPage() {
  const { variables } = useExtensionContext<'settings'>();
  const connectorUrl = variables?.['CONNECTOR_URL'];
  if (typeof connectorUrl !== 'string' || connectorUrl === '')
    return <FailedCard failure={notSetUp} onRetry={() => undefined} />;
  return <LoadedPage connectorUrl={connectorUrl} />;
}
