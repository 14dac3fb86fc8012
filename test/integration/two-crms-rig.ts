// A company with HubSpot and Salesforce: both installed, the gateway connected in HubSpot, and the calls their settings pages make.
import { randomUUID } from 'node:crypto';
import type { SettingsView, OtherCrmAnswer } from '../../src/views/settings-schema.ts';
import { ADMIN as HUB_ADMIN, portalSeed, type Answer, type Caller, type RigOptions } from './rig.ts';
import { ADMIN as ORG_ADMIN, orgSeed, startOrgRig, type OrgRig } from './salesforce-rig.ts';

const OTHER_CRM = '/api/v1/settings/other-crm';

type Step = Record<string, unknown> & { step: string };
type OtherCrm = NonNullable<SettingsView['admin']>['otherCrm'];

const bodyOf = (step: Step) => ({ operationId: randomUUID(), ...step });

export type TwoCrms = OrgRig & {
  /** The door of the section “Other CRM”, called from HubSpot and from Salesforce. */
  fromHub(step: Step, caller?: Caller): Promise<Answer<OtherCrmAnswer>>;
  fromOrg(step: Step, userId?: string): Promise<Answer<OtherCrmAnswer>>;
  /** What either side's settings page says of it. */
  hubPart(caller?: Caller): Promise<OtherCrm>;
  orgPart(userId?: string): Promise<OtherCrm>;
  /** A new code of HubSpot's workspace. */
  code(): Promise<string>;
  /** All three steps. */
  join(): Promise<void>;
};

/** @param isInstalled false leaves the org's install to the test */
export async function startTwoCrms(options: RigOptions = {}, isInstalled = true): Promise<TwoCrms> {
  const rig = await startOrgRig({ portals: [portalSeed()], orgs: [orgSeed()], ...options }, false);
  await rig.setUp();
  if (isInstalled) await rig.installOrg();
  const fromHub: TwoCrms['fromHub'] = (step, caller = { userId: HUB_ADMIN }) =>
    rig.call(OTHER_CRM, { ...caller, method: 'POST', body: bodyOf(step) });
  const fromOrg: TwoCrms['fromOrg'] = (step, userId = ORG_ADMIN) =>
    rig.apex(OTHER_CRM, { userId, body: bodyOf(step) });
  const hubPart: TwoCrms['hubPart'] = async (caller) => partOf(await rig.call('/api/v1/settings', caller));
  const code = async (): Promise<string> => takenBy(await fromHub({ step: 'make-code' })).code?.text ?? '';
  return {
    ...rig,
    fromHub,
    fromOrg,
    hubPart,
    orgPart: async (userId = ORG_ADMIN) => partOf(await rig.apex('/api/v1/settings', { userId })),
    code,
    async join() {
      takenBy(await fromOrg({ step: 'ask', code: await code() }));
      const [request] = (await hubPart()).requests;
      takenBy(await fromHub({ step: 'confirm', requestId: request?.requestId }));
    },
  };
}

function partOf({ body }: Answer): OtherCrm {
  const { admin } = (body as { view: SettingsView }).view;
  if (!admin) throw new Error('only an admin sees the other CRM');
  return admin.otherCrm;
}

/** The answer to what was done; throws where it was refused. */
export function takenBy({ status, body }: Answer<OtherCrmAnswer>): Extract<OtherCrmAnswer, { ok: true }> {
  if (status !== 200 || !body.ok) throw new Error(`refused with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** `code` of a refusal; throws where it was done. */
export function refusedBy({ status, body }: Answer<OtherCrmAnswer>): string {
  if (status !== 200 || body.ok) throw new Error(`not refused: ${status} ${JSON.stringify(body)}`);
  return body.code;
}
