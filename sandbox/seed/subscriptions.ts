// What payers are charged for again and again: running, resting, behind, about to end, ended.
import type { AccountHandle } from '../stripe/start.ts';
import { periodEnd, type PlannedItem } from '../stripe/subscription-shapes.ts';
import type { Step } from './steps.ts';

/** Ages in days are chosen so that months of any length give the same number of periods. */
export type Subscribed = {
  payer: string;
  daysAgo: number;
  item: PlannedItem;
  /** Left out: the payer's default method is charged. */
  dueIn?: number;
  trialDays?: number;
  /** What happens to it after its last period has begun, so many days ago. */
  lastly?: { step: 'pause' | 'end later' | 'end'; daysAgo: number };
};

const DAY_MS = 86_400_000;

/** Its beginning, and each period that has begun since. @param customer the payer's id at the gateway */
export function stepsOf(account: AccountHandle, told: Subscribed, customer: string, now: Date): Step[] {
  const began = Math.floor((now.getTime() - told.daysAgo * DAY_MS) / 1000);
  const made: { id?: string } = {};
  const steer = (step: Parameters<AccountHandle['steer']>[1], at: Date): void => {
    if (made.id) account.steer(made.id, step, { at });
  };
  const steps: Step[] = [
    {
      at: new Date(began * 1000),
      run: () =>
        void (made.id = account.subscribe(customer, wishOf(told), { at: new Date(began * 1000) }).id),
    },
  ];
  const until = (now.getTime() - (told.lastly?.daysAgo ?? 0) * DAY_MS) / 1000;
  for (let due = firstEnd(told, began); due <= until; due = nextEnd(told, due)) {
    const at = new Date(due * 1000);
    steps.push({ at, run: () => steer('renew', at) });
  }
  if (told.lastly) {
    const { step } = told.lastly;
    const at = new Date(until * 1000);
    steps.push({ at, run: () => steer(step, at) });
  }
  return steps;
}

const wishOf = ({ item, dueIn, trialDays }: Subscribed): Parameters<AccountHandle['subscribe']>[1] => ({
  items: [item],
  ...(dueIn === undefined ? {} : { daysUntilDue: dueIn }),
  ...(trialDays === undefined ? {} : { trialDays }),
});

const nextEnd = ({ item: { unit = 'month', count = 1 } }: Subscribed, start: number): number =>
  periodEnd(start, { interval: unit, interval_count: count });

const firstEnd = (told: Subscribed, began: number): number =>
  told.trialDays === undefined ? nextEnd(told, began) : began + told.trialDays * 86_400;

const fleetCare: PlannedItem = { name: 'Fleet care plan', amount: 45_00, quantity: 3 };
const stationWatch: PlannedItem = { name: 'Station watch', amount: 89_00 };
const calibration: PlannedItem = { name: 'Calibration plan', amount: 240_00, unit: 'month', count: 3 };

export const northwindSubscribed: readonly Subscribed[] = [
  { payer: 'amara', daysAgo: 100, item: fleetCare },
  { payer: 'jose', daysAgo: 140, item: { ...fleetCare, quantity: 1 }, lastly: { step: 'end', daysAgo: 40 } },
];

export const mareeSubscribed: readonly Subscribed[] = [
  { payer: 'maree-chiara', daysAgo: 70, item: { name: 'Bouquet du mois', amount: 36_50 } },
];

export const larkfieldSubscribed: readonly Subscribed[] = [
  { payer: 'lark-niall', daysAgo: 100, item: stationWatch, lastly: { step: 'end later', daysAgo: 5 } },
  { payer: 'lark-una', daysAgo: 100, item: calibration },
  { payer: 'lark-brid', daysAgo: 40, item: stationWatch, trialDays: 21 },
  { payer: 'lark-yuki', daysAgo: 70, item: stationWatch, dueIn: 30, lastly: { step: 'pause', daysAgo: 3 } },
  { payer: 'lark-cormac', daysAgo: 130, item: stationWatch, dueIn: 14, lastly: { step: 'end', daysAgo: 65 } },
];
