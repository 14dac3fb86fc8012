// The Payments tab on a contact, company or deal.
import { hubspot } from '@hubspot/ui-extensions';
import { PaymentsCard } from '@payside/hubspot-ui';

hubspot.extend<'crm.record.tab'>(() => <PaymentsCard layout="tab" />);
