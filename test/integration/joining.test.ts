// The doors by which a second CRM joins: who may, what each side reads, what a stolen code is worth, and what becomes of the org.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeId } from '../../sandbox/salesforce/ids.ts';
import { installOrg } from '../../sandbox/world/admin.ts';
import { otherCrmAnswerSchema } from '../../src/views/settings-schema.ts';
import { rowsOf } from '../billing/scene.ts';
import {
  ADMIN as HUB_ADMIN,
  FINANCE,
  gatewayAccount,
  OTHER_ADMIN,
  OTHER_PORTAL,
  otherPortalSeed,
  PORTAL,
  portalSeed,
  REP,
  VIEWER,
  waitFor,
  type Caller,
} from './rig.ts';
import { ADMIN as ORG_ADMIN, ORG, orgSeed, REP as ORG_REP } from './salesforce-rig.ts';
import { refusedBy, startTwoCrms, takenBy, type TwoCrms } from './two-crms-rig.ts';

const STRANGERS = makeId('00D', 66);
const STRANGER = makeId('005', 66);
const OTHER: Caller = { portalId: OTHER_PORTAL, userId: OTHER_ADMIN };

let rig: TwoCrms;
beforeEach(async () => {
  rig = await startTwoCrms({
    accounts: [gatewayAccount(), gatewayAccount()],
    portals: [portalSeed(), otherPortalSeed()],
    orgs: [
      orgSeed(),
      orgSeed({
        id: STRANGERS,
        name: 'Stranger Ltd',
        users: [{ id: STRANGER, firstName: 'Sly', lastName: 'Stranger', email: 'sly@stranger.example' }],
        records: [],
      }),
    ],
  });
});
afterEach(() => rig.close());

const ask = async (code?: string) => rig.fromOrg({ step: 'ask', code: code ?? (await rig.code()) });
const requestOf = async () => (await rig.hubPart()).requests[0]?.requestId ?? '';

describe('joining', () => {
  it('is told to both sides at each step, and then both see each other', async () => {
    expect(await rig.hubPart()).toMatchObject({ joined: [], requests: [], mayInvite: true, mayAsk: false });
    expect(await rig.orgPart()).toMatchObject({ asked: null, mayAsk: true });
    const made = takenBy(await rig.fromHub({ step: 'make-code' }));
    expect(made.code?.text).toMatch(/^(\w{4}-){6}\w{4}$/);
    const asked = takenBy(await ask(made.code?.text));
    expect(asked.view.admin?.otherCrm.asked).toMatchObject({
      title: `Waits for an admin of Brightwell Joinery (HubSpot ${PORTAL})`,
      mayTakeBack: true,
    });
    const [request] = (await rig.hubPart()).requests;
    expect(request).toMatchObject({
      title: `Brightwell Joinery (Salesforce ${ORG}) asks to join`,
      text: expect.stringMatching(/^Asked by Ines Example, .*its people keep their roles \(1 admin\)/),
      mayDecline: true,
    });
    const confirmed = takenBy(await rig.fromHub({ step: 'confirm', requestId: request?.requestId }));
    expect(confirmed.view.admin?.otherCrm).toMatchObject({
      joined: [{ title: `Brightwell Joinery (Salesforce ${ORG})`, stateText: 'Connected' }],
      requests: [],
      mayInvite: false,
    });
    expect(await rig.orgPart()).toMatchObject({
      joined: [{ title: `HubSpot ${PORTAL}`, stateText: 'Connected' }],
      asked: null,
      mayAsk: false,
    });
  });

  it('leaves its trail on both sides, and no code anywhere in it', async () => {
    const code = await rig.code();
    takenBy(await ask(code));
    takenBy(await rig.fromHub({ step: 'confirm', requestId: await requestOf() }));
    const rows = await rowsOf(rig, `SELECT * FROM audit WHERE action LIKE 'join%' ORDER BY id`);
    expect(rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      `hubspot:${HUB_ADMIN} join_code`,
      `salesforce:${ORG_ADMIN} join_ask`,
      `salesforce:${ORG_ADMIN} join_ask`,
      `hubspot:${HUB_ADMIN} join_confirm`,
      `hubspot:${HUB_ADMIN} join_confirm`,
    ]);
    expect(new Set(rows.slice(1).map(({ workspace }) => workspace)).size).toBe(2);
    for (const { bytes } of rig.dataFiles()) expect(bytes.includes(code)).toBe(false);
    expect(rig.log()).not.toContain(code);
  });

  it('that was declined is told to whoever asked, who may ask again', async () => {
    takenBy(await ask());
    takenBy(await rig.fromHub({ step: 'decline', requestId: await requestOf() }));
    expect(await rig.orgPart()).toMatchObject({
      asked: null,
      declinedText: expect.stringMatching(/^An admin of Brightwell Joinery \(HubSpot \d+\) declined/),
      mayAsk: true,
    });
    rig.clock.advance(8 * 86_400_000);
    expect(await rig.orgPart()).toMatchObject({ declinedText: null, mayAsk: true });
    takenBy(await ask());
    expect(await rig.orgPart()).toMatchObject({ declinedText: null });
  });

  it('that was taken back is gone on the other side', async () => {
    takenBy(await ask());
    const requestId = await requestOf();
    takenBy(await rig.fromOrg({ step: 'take-back' }));
    expect((await rig.hubPart()).requests).toEqual([]);
    expect(refusedBy(await rig.fromHub({ step: 'confirm', requestId }))).toBe('join_no_request');
  });

  it('works without the CRM that asks: whoever asked is known by their id', async () => {
    takenBy(await ask());
    rig.salesforce.faults.arm('status-503', 50, 0);
    const [request] = (await rig.hubPart()).requests;
    rig.salesforce.faults.clear();
    expect(request?.text).toContain(`Asked by user ${ORG_ADMIN}`);
  });
});

describe('nobody else', () => {
  it('but admins may take any step, on either side', async () => {
    const code = await rig.code();
    takenBy(await ask(code));
    const requestId = await requestOf();
    const steps = [
      { step: 'make-code' },
      { step: 'ask', code },
      { step: 'take-back' },
      { step: 'confirm', requestId },
      { step: 'decline', requestId },
    ];
    for (const step of steps) {
      for (const userId of [FINANCE, REP, VIEWER, 999])
        expect(refusedBy(await rig.fromHub(step, { userId }))).toBe('not_allowed');
      expect(refusedBy(await rig.fromOrg(step, ORG_REP))).toBe('not_allowed');
    }
    expect((await rig.hubPart()).requests).toHaveLength(1);
  });

  it('of another company may answer a request, and is told what everybody is told of one that never was', async () => {
    takenBy(await ask());
    const requestId = await requestOf();
    await rig.install(OTHER_PORTAL);
    for (const step of ['confirm', 'decline']) {
      const theirs = await rig.fromHub({ step, requestId }, OTHER);
      const nobodys = await rig.fromHub({ step, requestId: randomUUID() }, OTHER);
      expect(theirs).toEqual(nobodys);
      expect(refusedBy(theirs)).toBe('join_no_request');
      expect(refusedBy(await rig.fromOrg({ step, requestId }))).toBe('join_no_request');
    }
    expect((await rig.hubPart()).requests).toHaveLength(1);
    expect(await rig.hubPart(OTHER)).toMatchObject({ requests: [], joined: [] });
  });

  it('gets in with a stolen code: it is a request of a stranger, which is seen as one and declined', async () => {
    await installOrg(rig, STRANGERS, STRANGER);
    const code = await rig.code();
    const body = { operationId: randomUUID(), step: 'ask', code };
    const path = '/api/v1/settings/other-crm';
    const answer = await rig.salesforce.org(STRANGERS).apex({ userId: STRANGER, path, method: 'POST', body });
    expect(JSON.parse(answer.body)).toMatchObject({ ok: true });
    const [request] = (await rig.hubPart()).requests;
    expect(request?.title).toBe(`Stranger Ltd (Salesforce ${STRANGERS}) asks to join`);
    const card = await rig.salesforce
      .org(STRANGERS)
      .apex({ userId: STRANGER, method: 'GET', path: '/api/v1/settings' });
    expect(JSON.parse(card.body)).toMatchObject({ view: { accounts: [], mode: 'not_connected' } });
    takenBy(await rig.fromHub({ step: 'decline', requestId: request?.requestId }));
    expect(refusedBy(await ask(code))).toBe('join_code');
  });

  it('reads anything by a body that is not of the door', async () => {
    for (const body of [
      { step: 'confirm', installationId: 'inst_1' },
      { step: 'ask', code: 'x'.repeat(101) },
      { step: 'ask' },
      { step: 'confirm', requestId: '1' },
      { step: 'make-code', workspaceId: 'ws_1' },
      { step: 'erase' },
    ])
      expect((await rig.fromHub(body)).status).toBe(400);
    const unsigned = await fetch(`${rig.url}/api/v1/settings/other-crm`, { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
  });

  it('guesses codes for long', async () => {
    const guess = () => rig.fromOrg({ step: 'ask', code: 'ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345' });
    for (let nth = 0; nth < 10; nth += 1) expect(refusedBy(await guess())).toBe('join_code');
    const tooMany = await guess();
    expect(tooMany.status).toBe(429);
    expect(otherCrmAnswerSchema.safeParse(tooMany.body).success).toBe(false);
    takenBy(await rig.fromHub({ step: 'make-code' }));
  });
});

describe('a workspace with a gateway of its own', () => {
  it('does not move: two ledgers are never merged', async () => {
    const { connectUrl } = await settings();
    const link = new URL(connectUrl).searchParams.get('link') ?? '';
    takenBy(await ask());
    await rig.connect(link, rig.accounts[1]);
    expect(refusedBy(await rig.fromHub({ step: 'confirm', requestId: await requestOf() }))).toBe(
      'join_own_gateway',
    );
    expect(refusedBy(await ask())).toBe('join_own_gateway');
    expect(await rig.orgPart()).toMatchObject({
      mayAsk: false,
      askText: expect.stringMatching(/two ledgers are never merged/),
    });
  });
});

async function settings() {
  const { body } = await rig.apex<{ view: { admin: { connectUrl: string } } }>('/api/v1/settings');
  return body.view.admin;
}

describe('after the move', () => {
  it('a link that an admin got before opens nothing any more', async () => {
    const { connectUrl } = await settings();
    expect((await fetch(connectUrl)).status).toBe(200);
    await rig.join();
    expect((await fetch(connectUrl)).status).toBe(403);
    const { connectUrl: now } = await settings();
    const page = await (await fetch(now)).text();
    expect(page).toContain('All set');
    expect(page).toContain('Open contacts in Salesforce');
  });

  it('the days of what was left end by themselves', async () => {
    await rig.join();
    rig.clock.advance(25 * 3_600_000);
    await waitFor('the last day', async () => {
      const days = await rowsOf(rig, `SELECT workspace FROM work WHERE kind = 'day'`);
      return days.length === 1 ? true : undefined;
    });
  });

  it('installing again keeps the org where it is, with what it shows', async () => {
    await rig.join();
    await rig.installOrg();
    expect(await rig.orgPart()).toMatchObject({ joined: [{ stateText: 'Connected' }] });
    expect((await rig.hubPart()).joined).toMatchObject([{ stateText: 'Connected' }]);
  });

  it('each CRM keeps an admin of its own', async () => {
    await rig.join();
    const resign = { operationId: randomUUID(), roles: [{ userId: ORG_ADMIN, role: 'viewer' }] };
    const { body } = await rig.apex<{ code: string }>('/api/v1/settings', { body: resign });
    expect(body.code).toBe('settings_invalid');
  });

  it('a company that never connected may be joined first, and connect later', async () => {
    await rig.install(OTHER_PORTAL);
    const made = takenBy(await rig.fromHub({ step: 'make-code' }, OTHER));
    takenBy(await ask(made.code?.text));
    const [request] = (await rig.hubPart(OTHER)).requests;
    takenBy(await rig.fromHub({ step: 'confirm', requestId: request?.requestId }, OTHER));
    const { connectUrl } = await settings();
    await rig.connect(new URL(connectUrl).searchParams.get('link') ?? '', rig.accounts[1]);
    const { body } = await rig.call<{ view: { mode: string } }>('/api/v1/settings', OTHER);
    expect(body.view.mode).toBe('test_portal');
  });
});

describe('before it', () => {
  it('whoever connects is told that they may join instead', async () => {
    const page = await (await fetch((await settings()).connectUrl)).text();
    expect(page).toContain('Does your company use Payside in HubSpot already?');
    await rig.join();
    const other = await rig.install(OTHER_PORTAL);
    const theirs = await fetch(`${rig.url}/connect/stripe?link=${encodeURIComponent(other)}`);
    expect(await theirs.text()).toContain('Does your company use Payside in Salesforce already?');
  });

  it('installing again keeps the request, and uninstalling ends it', async () => {
    takenBy(await ask());
    await rig.installOrg();
    expect((await rig.hubPart()).requests).toHaveLength(1);
    rig.org.uninstall();
    await waitFor('the end of the org', async () =>
      (await rig.hubPart()).requests.length === 0 ? true : undefined,
    );
    await rig.installOrg();
    expect((await rig.hubPart()).requests).toEqual([]);
    expect(await rig.orgPart()).toMatchObject({ asked: null, mayAsk: true });
  });
});
