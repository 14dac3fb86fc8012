// Runs the CRM contract against every CRM there is, and against a fake that is shaped otherwise.
import { startHubspotRig } from '../crms/hubspot/rig.ts';
import { crmContract } from './crm.contract.ts';
import { createFakeCrm } from './fake-crm.ts';

crmContract('HubSpot', startHubspotRig);
crmContract('a fake CRM', async () => createFakeCrm());
