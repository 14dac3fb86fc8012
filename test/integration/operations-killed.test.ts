// A connector that is killed at every step of making an invoice: the next one goes on there, and there is one invoice.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endOf, invoiceBody, newPerson, rowsOf } from '../billing/scene.ts';
import { startRig, waitFor, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
  await rig.setUp();
});
afterAll(() => rig.close());

/** Past the time for which a started operation is left to whoever started it. */
const OWN_MS = 61_000;

const writes = (since: number) =>
  rig.stripe.calls.slice(since).filter(({ method, status }) => method === 'POST' && status === 200).length;

/** Customer, draft, lines, opening: killed before the first of them was answered, and after each. */
it.each([0, 1, 2, 3, 4])('after %i answers of the gateway', async (answers) => {
  const at = newPerson(rig);
  const before = rig.account.all('invoices').length;
  const since = rig.stripe.calls.length;
  await rig.stopConnector();
  const child = await serve();
  rig.stripe.faults.arm('slow-work', 100, 150);
  const body = invoiceBody(rig);
  const path = `/api/v1/records/${at.objectType}/${at.recordId}/operations/create-invoice`;
  // The child has the machine's own time, the stand-ins may be ahead of it.
  const asked = rig.call(path, { method: 'POST', body, at: new Date() }).catch(() => null);
  await waitFor('the operation to get that far', () =>
    writes(since) >= answers && isAsking() ? true : undefined,
  );
  await killed(child);
  expect(await asked).toBeNull();
  rig.stripe.faults.clear();
  rig.clock.advance(OWN_MS);
  await rig.startConnector();
  expect((await endOf(rig, body.operationId)).state).toBe('done');
  const made = rig.account.all('invoices').slice(before);
  expect(made).toMatchObject([{ status: 'open', total: 12_000 }]);
  expect(rig.account.all('customers').filter(({ id }) => id === made[0]?.customer)).toHaveLength(1);
  expect(await rowsOf(rig, `SELECT id FROM audit WHERE operation = '${body.operationId}'`)).toHaveLength(1);
});

it('leaves no customer behind that was made twice', () => {
  const emails = rig.account.all('customers').map(({ email }) => email);
  expect(new Set(emails).size).toBe(emails.length);
});

const isAsking = (): boolean => (rig.stripe.faults.armed()['slow-work']?.count ?? 100) < 100;

async function serve(): Promise<ChildProcess> {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
  const child = spawn(process.execPath, [cli, '--env', rig.envFile, 'serve'], { stdio: 'ignore' });
  await waitFor(
    'the connector to be ready',
    async () => (await fetch(`${rig.url}/readyz`).catch(() => null))?.ok || undefined,
  );
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
