// What the settings pages are sent of another CRM, in the tests of both: nobody there yet, a code may be made.
import type { OtherCrm } from '../../src/views/other-crm-schema.ts';

export const REQUEST_ID = '3f2a4c5e-0b6d-4a7f-8c9e-1d2b3a4c5e6f';

export const otherCrm = (change: Partial<OtherCrm> = {}): OtherCrm => ({
  joined: [],
  requests: [],
  asked: null,
  declinedText: null,
  mayInvite: true,
  inviteText: 'Make a code here.',
  mayAsk: false,
  askText: 'This one has a gateway of its own.',
  ...change,
});

export const request = {
  requestId: REQUEST_ID,
  title: 'Brightwell (Salesforce 00D000000000001AAA) asks to join',
  text: 'Asked by Ines Example. Its 1 admin keeps their role here.',
  mayDecline: true,
};
