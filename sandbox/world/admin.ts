// What an admin does in a browser to get going, done by plain requests: install, connect keys, wait for the first sync.
import { readFileSync } from 'node:fs';
import type { AccountDefinition } from '../stripe/start.ts';
import { waitFor } from './wait.ts';
import type { World } from './world.ts';

/** Installs for a portal. @returns the signed link of the connect page */
export const install = (world: World, portalId: number, userId: number): Promise<string> =>
  installInto(world, 'hubspot', (consent) => world.hubspot.approve(consent, { portalId, userId }));

/** Installs for a Salesforce org. @returns the signed link of the connect page */
export const installOrg = (world: World, orgId: string, userId: string): Promise<string> =>
  installInto(world, 'salesforce', (consent) => world.salesforce.approve(consent, { orgId, userId }));

/** @param approve presses the button of the consent page and answers where the browser is sent */
async function installInto(
  world: World,
  crm: 'hubspot' | 'salesforce',
  approve: (consent: string) => Promise<string>,
): Promise<string> {
  const start = await fetch(`${world.url}/install/${crm}`, { redirect: 'manual' });
  const browser = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const callback = await approve(start.headers.get('location') ?? '');
  const done = await fetch(callback, { redirect: 'manual', headers: { cookie: browser } });
  const next = done.headers.get('location');
  if (!next) throw new Error(`the install ended with ${done.status}: ${await done.text()}`);
  return new URL(next, world.url).searchParams.get('link') ?? '';
}

/** Connects the keys of an account and waits until its history is read. @param limitMs for a history that is long */
export async function connect(
  world: World,
  link: string,
  account: AccountDefinition,
  limitMs?: number,
): Promise<void> {
  const answer = await fetch(`${world.url}/connect/stripe`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      link,
      secretKey: account.restrictedKey,
      publishableKey: account.publishableKey,
      ours: 'yes',
    }),
  });
  if (answer.status !== 303)
    throw new Error(`connecting ended with ${answer.status}: ${await answer.text()}`);
  await synced(world, link, limitMs);
}

/** Begins at the connect page and answers Stripe's consent page. @returns where the browser ends up */
export async function consent(
  world: World,
  link: string,
  answer: { account: string; decision?: 'install' | 'cancel' },
): Promise<Response> {
  const start = await fetch(`${world.url}/connect/stripe?link=${encodeURIComponent(link)}&consent`, {
    redirect: 'manual',
  });
  const cookie = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const asked = new URL(start.headers.get('location') ?? '');
  const { account, decision = 'install' } = answer;
  const fields = new URLSearchParams([...asked.searchParams, ['account', account], ['decision', decision]]);
  const decided = await fetch(`${asked.origin}${asked.pathname}`, {
    method: 'POST',
    body: fields,
    redirect: 'manual',
  });
  const back = decided.headers.get('location');
  if (!back) throw new Error(`the consent page ended with ${decided.status}: ${await decided.text()}`);
  return fetch(back, { redirect: 'manual', headers: { cookie } });
}

export async function synced(world: World, link: string, limitMs?: number): Promise<void> {
  const isDone = async (): Promise<true | undefined> => {
    const page = await fetch(`${world.url}/connect/stripe?link=${encodeURIComponent(link)}`);
    return (await page.text()).includes('All set') || undefined;
  };
  await waitFor('the first sync', isDone, limitMs);
}

export const lastLog = (world: World, lines = 20): string =>
  readFileSync(world.logFile, 'utf8').split('\n').slice(-lines).join('\n');
