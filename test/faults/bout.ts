// One bout: scenes of a flow played under a plan of faults, then quiet, then the verdict.
import { leaks, verdicts } from './audit.ts';
import { newScene, type Flow, type Scene } from './flows.ts';
import type { Passing, Plan } from './gate.ts';
import { crmWrites, startGround, type Ground, type Tenant } from './ground.ts';
import type { Finding } from './oracle.ts';
import { quiet } from './quiet.ts';
import type { Result } from './result.ts';
import type { StoreName } from './stores.ts';
import { hubspotMerchant, salesforceMerchant, twoMerchants } from './tenants.ts';

export type Crm = 'hubspot' | 'salesforce';
export type Place = { store: StoreName; crm: Crm };

/** A world with so many scenes of a flow set. */
export async function setStage(flow: Flow, { store, crm }: Place, scenes: number): Promise<Stage> {
  const made = crm === 'hubspot' ? hubspotMerchant : salesforceMerchant;
  const merchants = flow.isFirstConnect
    ? Array.from({ length: scenes }, (_, index) => made(index + 1))
    : twoMerchants(crm);
  const ground = await startGround({ merchants, store, isSetUp: !flow.isFirstConnect });
  const own = ground.tenants.filter(({ merchant }) => merchant.crm === crm);
  const placed = Array.from({ length: scenes }, (_, index) => {
    const tenant: Tenant | undefined = own[flow.isFirstConnect ? index : 0];
    if (!tenant) throw new Error(`no merchant with ${crm}`);
    return newScene(ground, tenant);
  });
  return arranged(ground, flow, placed);
}

export type Stage = { ground: Ground; scenes: Scene[] };

/** So many are set at once: they wait for each other's windows of writing anyway. */
const AT_ONCE = 12;

export async function arranged(ground: Ground, flow: Flow, scenes: Scene[]): Promise<Stage> {
  for (let from = 0; from < scenes.length; from += AT_ONCE)
    await Promise.all(scenes.slice(from, from + AT_ONCE).map((scene) => flow.arrange(scene)));
  const waiting = await quiet(ground);
  if (waiting !== null) throw new Error(`${flow.name} could not be set: ${waiting}`);
  return { ground, scenes };
}

type Played = { findings: Finding[]; passed: Passing[] };

/** @param act what people do; an act that does not come to its end is stuck */
export async function play(ground: Ground, plan: Plan, act: () => Promise<unknown>): Promise<Played> {
  ground.gate.follow(plan);
  const errors: string[] = [];
  await act().catch((error: unknown) => errors.push(String(error)));
  const ofQuiet = await quiet(ground);
  const passed = ground.gate.rest();
  if (ofQuiet !== null) errors.push(ofQuiet);
  errors.push(...ground.connector.falls().map((how) => `the connector ended by itself: ${how}`));
  const stuck = errors.map((what): Finding => ({ verdict: 'stuck', what }));
  return { findings: [...stuck, ...(await verdicts(ground))], passed };
}

/** Ends a world and adds what only shows over the whole of it. */
export async function endStage(ground: Ground, result: Result, where: string): Promise<void> {
  const found = await leaks(ground);
  result.findings.push(...found.map((one) => ({ ...one, where })));
  const asked = ground.tenants.flatMap((tenant) => [...tenant.asked.values()]);
  result.payments += asked.reduce((sum, { charges }) => sum + charges, 0);
  result.crmWrites += crmWrites(ground) - ground.setUpWrites;
  await ground.close();
}
