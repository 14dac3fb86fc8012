// Runs the CRM contract against every CRM there is, and against a fake that is shaped otherwise.
import { startHubspotRig } from '../crms/hubspot/rig.ts';
import { startSalesforceRig } from '../crms/salesforce/rig.ts';
import { crmContract } from './crm.contract.ts';
import { createFakeCrm } from './fake-crm.ts';

const HUBSPOT = { calls: 'signed', fields: 'made', addresses: 'several', lineCurrencies: true } as const;

const SALESFORCE = { calls: 'token', fields: 'packaged', addresses: 'one', lineCurrencies: false } as const;

crmContract('HubSpot', HUBSPOT, startHubspotRig);
crmContract('Salesforce', SALESFORCE, startSalesforceRig);
crmContract('a fake CRM', HUBSPOT, async () => createFakeCrm());
