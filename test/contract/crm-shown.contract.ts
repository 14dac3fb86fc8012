// What every CRM adapter must know of writes whose answer never came: whether the CRM shows them.
import { describe, expect, it } from 'vitest';
import type { LinkTarget, RecordWrite, Shown, Writes } from '../../src/crms/crm.ts';
import { INVOICE, type Bench } from './crm-bench.ts';

export function showing(bench: Bench): void {
  const asking = (asked: Writes): Promise<Shown> => bench.rig.crm.shows(bench.rig.connection, asked);
  const shows = async (asked: Writes): Promise<string[]> => [...(await asking(asked)).shown];
  const lacks = async (asked: Writes): Promise<string[]> => [...(await asking(asked)).missing];
  const unlinked = async (asked: Writes): Promise<string[]> => [...(await asking(asked)).unlinked];
  const invoice = (id: string, change: Record<string, string> = {}, refs: LinkTarget[] = []) => ({
    key: `key of ${id}`,
    paysideId: id,
    fields: { ...INVOICE, ...change },
    refs,
  });
  const upsert = (...writes: ReturnType<typeof invoice>[]) =>
    bench.rig.crm.upsert(bench.rig.connection, 'invoice', writes);
  const shown = (...writes: ReturnType<typeof invoice>[]) => shows({ mirror: 'invoice', writes });

  describe('what the CRM shows', () => {
    it('of records: those whose every field is as it was written, cleared ones too', async () => {
      const { person: objectType } = bench.rig.crm.types;
      const [one, two] = ['Uma Kay', 'Vic Lund'].map((name) => bench.rig.portal.contact({ name }));
      const gone = bench.rig.portal.contact({ name: 'Wes Roy' });
      const writes = [one!, two!].map((id) => bench.writeOf(objectType, id, { link: null }));
      await bench.write(writes);
      bench.rig.portal.remove(objectType, gone);
      const asked = async (...wanted: RecordWrite[]) => shows({ objectType, writes: wanted });
      expect(await asked(...writes)).toEqual([`key of ${one}`, `key of ${two}`]);
      const other = bench.writeOf(objectType, one!, { link: null, owed: '120.01' });
      expect(await asked(other, writes[1]!)).toEqual([`key of ${two}`]);
      expect(await asked(bench.writeOf(objectType, one!), bench.writeOf(objectType, gone))).toEqual([]);
      expect(bench.rig.portal.fields(objectType, one!)).toMatchObject({ owed: '120.00', link: '' });
      const missing = await lacks({ objectType, writes: [other, bench.writeOf(objectType, gone)] });
      expect(missing).toEqual([`key of ${gone}`]);
    });

    it('of a record that was merged away: nothing, also where its id leads to the one that is left', async () => {
      const { person: objectType } = bench.rig.crm.types;
      const [kept, old] = ['Xia Ye', 'X. Ye'].map((name) => bench.rig.portal.contact({ name }));
      await bench.write([kept!, old!].map((id) => bench.writeOf(objectType, id)));
      bench.rig.portal.merge(objectType, kept!, old!, { oldIdsResolve: true });
      expect(await shows({ objectType, writes: [bench.writeOf(objectType, old!)] })).toEqual([]);
    });

    it('of records of our own: those that are there and say the same', async () => {
      await upsert(invoice('ga_1:in_4'), invoice('ga_1:in_5'));
      expect(
        await shown(invoice('ga_1:in_4'), invoice('ga_1:in_5', { due: '0.00' }), invoice('ga_1:in_none')),
      ).toEqual(['key of ga_1:in_4']);
      const writes = [invoice('ga_1:in_5', { due: '0.00' }), invoice('ga_1:in_none')];
      expect(await lacks({ mirror: 'invoice', writes })).toEqual(['key of ga_1:in_none']);
      expect(await unlinked({ mirror: 'invoice', writes })).toEqual([]);
    });

    it('of what they are linked with: all that should be, and none that should be no more', async () => {
      const [one, two] = ['Yan Ost', 'Zoe Ip'].map((name): LinkTarget => ({
        objectType: bench.rig.crm.types.person,
        recordId: bench.rig.portal.contact({ name }),
      }));
      const { crm, connection } = bench.rig;
      const [id, key] = ['ga_1:in_6', 'key of ga_1:in_6'];
      const links = (to: LinkTarget[], drop: LinkTarget[]) => [{ key, paysideId: id, to, drop }];
      /** Where links are no records of their own, they are fields of what they hang on. */
      const linked = (to: LinkTarget[], drop: LinkTarget[] = []): Writes =>
        crm.link
          ? { linksOf: 'invoice', writes: links(to, drop) }
          : { mirror: 'invoice', writes: [invoice(id, {}, to)] };
      const asked = (...of: Parameters<typeof linked>) => shows(linked(...of));
      const hang = async (to: LinkTarget[], drop: LinkTarget[] = []): Promise<void> => {
        await upsert(invoice(id, {}, to));
        await crm.link?.(connection, 'invoice', links(to, drop));
      };
      await hang([]);
      expect(await asked([one!])).toEqual([]);
      expect(await unlinked(linked([one!]))).toEqual([key]);
      await hang([one!]);
      expect(await asked([one!])).toEqual([key]);
      expect(await unlinked(linked([one!]))).toEqual([]);
      expect(await asked([two!], [one!])).toEqual([]);
      await hang([two!], [one!]);
      expect(await asked([two!], [one!])).toEqual([key]);
      expect(await asked([one!])).toEqual([]);
    });

    it('of one that hangs on another of ours: only where that is the one', async () => {
      const line = (mirror: string) => ({
        key: 'line',
        paysideId: 'ga_1:il_7',
        fields: { description: 'Oak', quantity: '1', price: '120.00', currency: 'EUR' },
        refs: [{ mirror: 'invoice', paysideId: mirror } as const],
      });
      const { crm, connection } = bench.rig;
      await upsert(invoice('ga_1:in_7'), invoice('ga_1:in_8'));
      await crm.upsert(connection, 'line', [line('ga_1:in_7')]);
      const asked = (of: string) =>
        crm.link
          ? shows({ linksOf: 'line', writes: [{ ...line(of), to: line(of).refs, drop: [] }] })
          : shows({ mirror: 'line', writes: [line(of)] });
      if (crm.link)
        await crm.link(connection, 'line', [{ ...line(''), to: line('ga_1:in_7').refs, drop: [] }]);
      expect(await asked('ga_1:in_7')).toEqual(['line']);
      expect(await asked('ga_1:in_8')).toEqual([]);
      expect(await asked('ga_1:in_none')).toEqual([]);
    });
  });
}
