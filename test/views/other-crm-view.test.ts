// What the settings page says of another CRM: names people know, what follows from a yes, and why something is not offered.
import { describe, expect, it } from 'vitest';
import { otherCrmSchema } from '../../src/views/other-crm-schema.ts';
import { JOIN_REFUSALS, otherCrmView, type OtherCrmInput } from '../../src/views/other-crm-view.ts';

const view = (change: Partial<OtherCrmInput> = {}) =>
  otherCrmSchema.parse(
    otherCrmView(
      {
        crm: 'HubSpot',
        absent: ['Salesforce'],
        joined: [],
        requests: [],
        asked: null,
        declined: null,
        stays: null,
        ...change,
      },
      (at) => `at ${at}`,
    ),
  );

const asking = {
  crm: 'Salesforce',
  name: 'Brightwell',
  portalId: '00D1',
  requestId: '3f2a4c5e-0b6d-4a7f-8c9e-1d2b3a4c5e6f',
  askedBy: 'Ines',
  askedAt: 'noon',
  admins: 2,
  others: 1,
  begun: false,
};

describe('a request', () => {
  it('says who asks, and what follows from a yes', () => {
    const [request] = view({ requests: [asking] }).requests;
    expect(request).toMatchObject({ title: 'Brightwell (Salesforce 00D1) asks to join', mayDecline: true });
    expect(request?.text).toMatch(
      /^Asked by Ines, at noon\. .*its people keep their roles \(2 admins, 1 other\)/,
    );
  });

  it('of somebody who chose a misleading name still ends in the id of their account', () => {
    const name = `Brightwell (Salesforce 00D9)\u202e ${'x'.repeat(200)} 00D1`;
    const [request] = view({ requests: [{ ...asking, name, askedBy: `Ines\n${'y'.repeat(200)}` }] }).requests;
    expect(request?.title).toMatch(/^Brightwell \(Salesforce 00D9\) x{51} \(Salesforce 00D1\) asks to join$/);
    expect(request?.text).toMatch(/^Asked by Inesy{76}, at noon/);
  });

  it('that was cut off can only be confirmed once more', () => {
    expect(view({ requests: [{ ...asking, begun: true }] }).requests).toMatchObject([
      { text: expect.stringMatching(/Confirm once more/), mayDecline: false },
    ]);
    const asked = { workspace: 'Brightwell', askedAt: 'noon', begun: true };
    expect(view({ asked }).asked).toMatchObject({ mayTakeBack: false });
  });
});

it('names an account that has no better name than its id once', () => {
  const joined = [{ id: 'i', crm: 'HubSpot', name: 'HubSpot 77', portalId: '77', connected: true }];
  expect(view({ joined }).joined).toMatchObject([{ title: 'HubSpot 77', stateText: 'Connected' }]);
});

describe('what is not offered says why', () => {
  it('to a CRM with a gateway of its own, which may still invite', () => {
    const seen = view({ stays: 'own_gateway' });
    expect(seen).toMatchObject({ mayAsk: false, mayInvite: true });
    expect(seen.askText).toMatch(/two ledgers are never merged/);
  });

  it('where every CRM is there', () => {
    expect(view({ absent: [], stays: 'not_alone' })).toMatchObject({
      mayAsk: false,
      askText: null,
      mayInvite: false,
      inviteText: 'Every CRM this connector knows is in this workspace.',
    });
  });

  it('for every way in which joining is refused, in a sentence', () => {
    for (const text of Object.values(JOIN_REFUSALS)) expect(text).toMatch(/^[A-Z].*\.$/);
  });
});
