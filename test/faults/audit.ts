// Puts the oracles' questions about a whole world: what is lost, doubled, wrong or leaked, and what was given up.
import { judge, type Finding, type JudgedTenant } from './oracle.ts';
import { leaksIn, strayCalls } from './oracle-leaks.ts';
import { logOf, type Ground, type Tenant } from './ground.ts';
import { CARD_NUMBERS } from './payer.ts';
import { countsOf, quiet } from './quiet.ts';

const judged = (ground: Ground, { merchant, id, asked, linkOnRecord }: Tenant): JudgedTenant => ({
  crm: merchant.crm,
  url: merchant.crm === 'hubspot' ? ground.hubspot.url : ground.salesforce.url,
  id,
  account: merchant.account.id,
  asked: [...asked].map(([email, one]) => ({ email, ...one })),
  linkOnRecord,
});

/** Waits until it is quiet and judges the records. */
export async function verdicts(ground: Ground): Promise<Finding[]> {
  const waiting = await quiet(ground);
  const stuck: Finding[] = waiting === null ? [] : [{ verdict: 'stuck', what: `still waiting: ${waiting}` }];
  const counts = await countsOf(ground);
  if (counts && counts.dead > 0) stuck.push({ verdict: 'stuck', what: `given up: ${counts.dead}` });
  const tenants = ground.tenants.filter(({ isConnected }) => isConnected);
  return [
    ...stuck,
    ...(await judge(
      ground.stripe.url,
      tenants.map((tenant) => judged(ground, tenant)),
    )),
  ];
}

type TokenShown = { token?: string; portalId?: number };

/** Judges what is dear to look at and only grows: the log, and every call the CRMs were sent. */
export async function leaks(ground: Ground): Promise<Finding[]> {
  const tokens = (await (
    await fetch(`${ground.hubspot.url}/_sandbox/objects/tokens`)
  ).json()) as TokenShown[];
  const keys = ground.accounts.flatMap((one) => [one.secretKey, one.restrictedKey]);
  const secrets = [
    ...keys,
    ...tokens.flatMap(({ token }) => token ?? []),
    ...['HUBSPOT_CLIENT_SECRET', 'SALESFORCE_CLIENT_SECRET', 'ENCRYPTION_KEYS'].flatMap(
      (name) => ground.env[name] ?? [],
    ),
  ];
  const emails = ground.tenants.flatMap(({ asked }) => [...asked.keys()]);
  const canaries = { secrets, emails, cardNumbers: CARD_NUMBERS };
  const owners = {
    tokens: new Map(tokens.map(({ token, portalId }) => [token ?? '', String(portalId)])),
    records: new Map(
      ground.tenants.flatMap(({ id, asked }) =>
        [...asked.values()].map((one) => [one.recordId, id] as const),
      ),
    ),
  };
  return [...leaksIn(logOf(ground), 'the log', canaries), ...(await strayCalls(ground.hubspot.url, owners))];
}
