// Proof by the gateway's balance: what is proven, what is not, object by object, and up to which local day.
import { describe, expect, it } from 'vitest';
import type { BalanceTransaction } from '../../src/ledger/entities.ts';
import { rowKey, type Fact, type Row } from '../../src/ledger/facts.ts';
import { adopt, fold } from '../../src/ledger/fold.ts';
import { ledgerOf, type Ledger } from '../../src/ledger/ledger.ts';
import { addToProof, gapsOf, newProof, provenUntil, type ProofScope } from '../../src/ledger/proof.ts';
import { fact, LIVE } from '../outbox/world.ts';

const ZONE = 'Europe/Berlin';
/** Half past midnight on the 11th in Berlin. */
const AT = '2026-03-10T23:30:00.000Z';

const rowsOf = (facts: readonly Fact[]): Row[] => {
  const rows = fold(new Map(), facts);
  for (const row of adopt(rows)) rows.set(rowKey(row), row);
  return [...rows.values()];
};
const ledger = (...facts: Fact[]): Ledger => ledgerOf(rowsOf(facts));

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR', createdAt: AT });
const payment = (more: object = {}): Fact =>
  fact('payment', 'pi_1', 'ada', { ...eur(1_000), status: 'succeeded', capturedMinor: 1_000, ...more });
const refund = (status: string): Fact =>
  fact('refund', 're_1', null, { ...eur(300), paymentId: 'pi_1', status });
const dispute = (status: string): Fact =>
  fact('dispute', 'du_1', null, { ...eur(700), paymentId: 'pi_1', status });

type Source = BalanceTransaction['source'];
const IDS: Record<Source, string> = { payment: 'pi_1', refund: 're_1', dispute: 'du_1' };
const moved = (source: Source, amountMinor: number, more: object = {}, id = 'txn'): Fact =>
  fact('balanceTransaction', `${id}_${source}_${amountMinor}`, null, {
    source,
    sourceId: IDS[source],
    paymentId: 'pi_1',
    amountMinor,
    currency: 'EUR',
    presentedMinor: amountMinor,
    presentedCurrency: 'EUR',
    feeMinor: 0,
    createdAt: AT,
    ...more,
  });

const said = (...facts: Fact[]) =>
  gapsOf(ledger(...facts)).map(
    ({ kind, state, ledgerMinor, gatewayMinor }) => `${kind} ${state} ${ledgerMinor} ${gatewayMinor}`,
  );

describe('a movement of the balance', () => {
  it('belongs to whom its payment belongs to', () => {
    const row = rowsOf([payment(), moved('payment', 1_000)]).find(
      ({ entity }) => entity === 'balanceTransaction',
    );
    expect(row).toMatchObject({ owner: 'ada', parent: 'pi_1' });
  });

  it.each<[string, Fact[]]>([
    ['a payment', []],
    ['a refund', [refund('succeeded'), moved('refund', -300)]],
    ['a refund under way that has left the balance', [refund('pending'), moved('refund', -300)]],
    ['a refund under way that has not', [refund('pending')]],
    ['a refund that came back', [refund('failed'), moved('refund', -300), moved('refund', 300)]],
    ['a dispute', [dispute('needs_response'), moved('dispute', -700)]],
    ['a dispute that was lost', [dispute('lost'), moved('dispute', -700)]],
    ['a dispute that was won', [dispute('won'), moved('dispute', -700), moved('dispute', 700)]],
    ['an inquiry', [dispute('warning')]],
  ])('proves %s', (_what, more) => {
    expect(said(payment(), moved('payment', 1_000), ...more)).toEqual([]);
  });

  it('proves a payment that the bank took back later', () => {
    const late = payment({ failedLateMinor: 1_000 });
    expect(said(late, moved('payment', 1_000), moved('payment', -1_000))).toEqual([]);
  });

  it('proves what was paid in one currency and settled in another by what was paid', () => {
    const settled = { currency: 'USD', amountMinor: 1_084, rate: '1.084' };
    expect(said(payment(), moved('payment', 1_000, settled))).toEqual([]);
    expect(said(payment(), moved('payment', 999, settled))).toEqual(['captured different 1000 999']);
  });

  it.each<[string, Fact[], string[]]>([
    ['a payment without one', [payment()], ['captured unproven 1000 0']],
    ['another amount', [payment(), moved('payment', 900)], ['captured different 1000 900']],
    [
      'one too many',
      [payment(), moved('payment', 1_000), moved('payment', 1_000, {}, 'more')],
      ['captured different 1000 2000'],
    ],
    [
      'another currency',
      [payment(), moved('payment', 1_000, { presentedCurrency: 'USD' })],
      ['captured different 1000 0'],
    ],
    [
      'a payment the ledger calls declined',
      [payment({ status: 'failed' }), moved('payment', 1_000)],
      ['captured different 0 1000'],
    ],
    [
      'a refund the ledger does not have',
      [payment(), moved('payment', 1_000), moved('refund', -300)],
      ['refunded different 0 300'],
    ],
    [
      'a refund without one',
      [payment(), moved('payment', 1_000), refund('succeeded')],
      ['refunded unproven 300 0'],
    ],
    [
      'a refund that came back unheard',
      [payment(), moved('payment', 1_000), refund('succeeded'), moved('refund', -300), moved('refund', 300)],
      ['refunded different 300 0'],
    ],
    [
      'a dispute whose end is not known',
      [payment(), moved('payment', 1_000), dispute('lost'), moved('dispute', -700), moved('dispute', 700)],
      ['disputed different 700 0'],
    ],
  ])('does not prove %s', (_what, facts, gaps) => {
    expect(said(...facts)).toEqual(gaps);
  });

  it('of another account proves nothing', () => {
    const other = { ...moved('payment', 1_000), account: 'ga_other' };
    expect(said(payment(), other)).toEqual(['captured unproven 1000 0', 'captured different 0 1000']);
  });
});

describe('an account is proven', () => {
  const scope: ProofScope = { zone: ZONE, verifiedAt: new Map([[LIVE, '2026-03-20T09:00:00.000Z']]) };
  const prove = (facts: Fact[], within = scope) => {
    const proof = newProof();
    addToProof(proof, ledger(...facts), within);
    return { until: provenUntil(proof, LIVE, within), gaps: [...proof.gaps.values()], proof };
  };

  it('until it was last looked at, where nothing is left open', () => {
    expect(prove([payment(), moved('payment', 1_000)])).toMatchObject({ until: '2026-03-20', gaps: [] });
    expect(prove([]).until).toBe('2026-03-20');
  });

  it('until the local day before the first that is not', () => {
    const facts = [payment(), moved('payment', 1_000), refund('succeeded')];
    expect(prove(facts)).toMatchObject({ until: '2026-03-10', gaps: [{ day: '2026-03-11', count: 1 }] });
    expect(prove(facts, { ...scope, zone: 'UTC' }).until).toBe('2026-03-09');
  });

  it('whatever has happened since it was looked at', () => {
    const verifiedAt = new Map([[LIVE, AT]]);
    expect(prove([payment()], { ...scope, verifiedAt })).toMatchObject({ until: '2026-03-11', gaps: [] });
  });

  it('never, where it was not looked at, or where its balance cannot be read', () => {
    expect(prove([payment()], { ...scope, verifiedAt: new Map() }).until).toBeNull();
    expect(prove([payment()]).until).toBeNull();
  });

  it('with sums a day, in the currency that is settled', () => {
    const facts = [
      moved('payment', 1_000, { feeMinor: 55 }),
      moved('payment', 1_000, { amountMinor: 1_084, currency: 'USD', feeMinor: 60 }, 'usd'),
      moved('refund', -300),
      moved('dispute', -700, { feeMinor: 1_500 }),
      moved('payment', 1_000, { createdAt: '2026-03-09T09:00:00.000Z' }, 'old'),
    ];
    const { proof } = prove(facts, { ...scope, settledFrom: '2026-03-10' });
    const day = { account: LIVE, day: '2026-03-11' };
    expect([...proof.settled.values()]).toEqual([
      {
        ...day,
        currency: 'EUR',
        capturedMinor: 1_000,
        refundedMinor: 300,
        disputedMinor: 700,
        feesMinor: 1_555,
      },
      { ...day, currency: 'USD', capturedMinor: 1_084, refundedMinor: 0, disputedMinor: 0, feesMinor: 60 },
    ]);
  });
});
