// Edits made in the CRM where an admin wants them kept: told apart from what is out of date, shown, and put right at a word.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askConnector } from '../../src/control/ask.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import type { SettingsAnswer, SettingsView } from '../../src/views/settings-schema.ts';
import { newPerson, openInvoice, payByLink, rowsOf, VISA, type Place } from '../billing/scene.ts';
import { PORTAL, portalSeed, propertiesWhen, REP, startRig, waitFor, type Rig } from './rig.ts';

type Report = Record<'missing' | 'different' | 'edited' | 'kept' | 'repaired' | 'crmWrites', number>;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ portals: [portalSeed({ commercePayments: true })] });
  await rig.setUp();
});
afterAll(() => rig.close());

const portal = () => rig.hubspot.portal(PORTAL);

async function reconciled(): Promise<Report> {
  const request = { command: 'reconcile', words: [], options: {} };
  const answer = await askConnector(join(rig.folder, 'data', 'control.sock'), request);
  if (!answer?.ok) throw new Error(answer?.message ?? 'nobody answers');
  return answer.result as Report;
}

const change = async (wish: object, userId?: number): Promise<SettingsAnswer> => {
  const body = { operationId: randomUUID(), ...wish };
  const caller = userId === undefined ? {} : { userId };
  return (await rig.call<SettingsAnswer>('/api/v1/settings', { method: 'POST', body, ...caller })).body;
};
async function page(): Promise<NonNullable<SettingsView['admin']>> {
  const { body } = await rig.call<{ view: SettingsView }>('/api/v1/settings');
  return body.view.admin!;
}

const fields = (at: Place) => portal().properties('contacts', at.recordId) ?? {};
const says = (at: Place, wanted: Record<string, string>) =>
  propertiesWhen(rig, { kind: 'contacts', id: at.recordId }, (there) =>
    Object.entries(wanted).every(([name, value]) => there[name] === value),
  );

type Copy = { id: string; associations: Record<string, { id: string }[]> };
async function copyOf(invoiceId: string): Promise<Copy | undefined> {
  const response = await fetch(`${rig.hubspot.url}/_sandbox/objects/invoices`);
  const all = (await response.json()) as (Copy & { properties: Record<string, string> })[];
  return all.find(({ properties }) => properties['payside_id']?.endsWith(`:${invoiceId}`));
}

/** Somebody with an open invoice over 120 EUR, of which the CRM knows all. */
async function debtor(): Promise<Place & { invoiceId: string; payUrl: string }> {
  const at = newPerson(rig);
  const invoice = await openInvoice(rig, at);
  await says(at, { payside_owed: '120.00' });
  await waitFor('the copy', async () => ((await copyOf(invoice.invoiceId)) ? true : undefined));
  await reconciled();
  return { ...at, ...invoice };
}

const edit = (at: Place): void => portal().update('contacts', at.recordId, { payside_owed: '7.00' });

const NOTHING = { missing: 0, different: 0, edited: 0, kept: 0, repaired: 0, crmWrites: 0 };
const KEPT = { ...NOTHING, edited: 1, kept: 1 };

describe('where edits made in HubSpot are kept', () => {
  let at: Awaited<ReturnType<typeof debtor>>;
  beforeEach(async () => {
    await change({ crmEdits: 'repair' });
    at = await debtor();
    await waitFor('no edits', async () => ((await page()).keptEdits === null ? true : undefined));
    expect(await change({ crmEdits: 'keep' })).toMatchObject({ ok: true, view: { crmEdits: 'keep' } });
  });

  it('one is found, left, and shown to admins with its record and since when, also after a restart', async () => {
    edit(at);
    const report = await reconciled();
    expect(report).toMatchObject(KEPT);
    expect(CONTROL_COMMANDS['reconcile']!.text(report)).toContain('edited by hand 1 (1 kept)');
    const shown = (await page()).keptEdits;
    expect(shown).toMatchObject({ count: 1, title: 'One record in HubSpot was edited and is kept so' });
    expect(shown!.records[0]!.text).toContain(`Contact ${at.recordId}, seen `);
    expect(JSON.stringify(shown)).not.toContain('7.00');
    await rig.stopConnector();
    await rig.startConnector();
    expect(await reconciled()).toMatchObject(KEPT);
    expect((await page()).keptEdits).toEqual(shown);
    expect(fields(at)).toMatchObject({ payside_owed: '7.00' });
  });

  it('what the card shows stays true, and the next change of the money is written over it', async () => {
    edit(at);
    await reconciled();
    expect((await rig.view(at.objectType, at.recordId)).owed.map(({ text }) => text)).toEqual(['€120.00']);
    await payByLink(rig, at.payUrl, { number: VISA });
    await says(at, { payside_owed: '0.00', payside_lifetime_collected: '120.00' });
    expect((await page()).keptEdits).toBeNull();
    await rig.stripe.deliveriesIdle();
    await reconciled();
    expect(await reconciled()).toMatchObject(NOTHING);
  });

  it('a change that no webhook told of is no edit: it is found and written', async () => {
    edit(at);
    rig.account.act('invoices', at.invoiceId, 'pay', { paid_out_of_band: true });
    expect(await reconciled()).toMatchObject({ edited: 0, kept: 0 });
    expect(fields(at)).toMatchObject({ payside_owed: '0.00' });
    expect(await reconciled()).toMatchObject(NOTHING);
  });

  it('one that was taken back in HubSpot is an edit no more', async () => {
    edit(at);
    await reconciled();
    portal().update('contacts', at.recordId, { payside_owed: '120.00' });
    expect(await reconciled()).toMatchObject(NOTHING);
    expect((await page()).keptEdits).toBeNull();
  });

  it('links that somebody took away are there again', async () => {
    const { id, associations } = (await copyOf(at.invoiceId))!;
    portal().separate({ kind: 'invoices', id }, { kind: 'contacts', id: at.recordId });
    expect((await copyOf(at.invoiceId))!.associations).not.toEqual(associations);
    expect(await reconciled()).toMatchObject({ ...NOTHING, different: 1, repaired: 1, crmWrites: 1 });
    expect((await copyOf(at.invoiceId))!.associations).toEqual(associations);
  });

  it('a copy that somebody deleted is made again, linked as it was', async () => {
    const before = (await copyOf(at.invoiceId))!;
    portal().archive('invoices', before.id);
    expect(await reconciled()).toMatchObject({ missing: 1, edited: 0, kept: 0 });
    const again = (await copyOf(at.invoiceId))!;
    const ends = ({ associations }: Copy): string[] => Object.keys(associations).toSorted();
    expect([again.id === before.id, ends(again)]).toEqual([false, ends(before)]);
    expect(await reconciled()).toMatchObject(NOTHING);
  });

  it('all are put right at an admin’s word, once, and at nobody else’s', async () => {
    edit(at);
    await reconciled();
    expect(await change({ putRight: true }, REP)).toMatchObject({ ok: false, code: 'not_allowed' });
    expect(await change({ putRight: true })).toMatchObject({ ok: true });
    await says(at, { payside_owed: '120.00' });
    expect((await page()).keptEdits).toBeNull();
    await change({ putRight: true });
    const trail = await rowsOf(rig, `SELECT actor, before FROM audit WHERE action = 'put-right'`);
    expect(trail).toHaveLength(1);
    expect(await reconciled()).toMatchObject(NOTHING);
    edit(at);
    expect(await reconciled()).toMatchObject(KEPT);
  });

  it('all are put right at once where the setting is taken back', async () => {
    edit(at);
    await reconciled();
    await change({ crmEdits: 'repair' });
    await says(at, { payside_owed: '120.00' });
    expect((await page()).keptEdits).toBeNull();
  });
});
