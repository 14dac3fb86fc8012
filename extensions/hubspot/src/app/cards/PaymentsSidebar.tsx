// The Payments card in the sidebar of a contact, company or deal.
import { hubspot } from '@hubspot/ui-extensions';
import { PaymentsCard } from '@payside/hubspot-ui';

hubspot.extend<'crm.record.sidebar'>(() => <PaymentsCard layout="sidebar" />);
