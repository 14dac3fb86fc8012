// Which invoices each account has written: the told ones that every demo relies on, and the ordinary run of a year.
import { larkfieldPayers, mareePayers, northwindPayers, type Payer } from './payers.ts';
import { createRandom, type Random } from './random.ts';
import { lengthOf, type Story } from './stories.ts';
import {
  larkfieldSubscribed,
  mareeSubscribed,
  northwindSubscribed,
  type Subscribed,
} from './subscriptions.ts';
import { larkfieldTales, mareeTales, northwindTales, type Item, type Tale } from './tales.ts';

export type Plan = {
  payer: string;
  story: Story;
  /** Age of the invoice, and how long after its writing it is due. */
  daysAgo: number;
  dueIn: number;
  items: readonly Item[];
  tax: 'none' | 'inclusive' | 'exclusive';
};

type Goods = readonly [readonly [string, number], ...(readonly [string, number])[]];

export type AccountPlan = {
  payers: readonly Payer[];
  plans: Plan[];
  subscribed: readonly Subscribed[];
  taxes: Record<'inclusive' | 'exclusive', Tax>;
};
type Tax = { display_name: string; percentage: string; country: string };

const BICYCLES: Goods = [
  ['Fleet tune-up, per bicycle', 90_00],
  ['Cargo trailer hire, one month', 250_00],
  ['Rider safety course', 100_00],
  ['Brake service', 64_50],
  ['City bicycle', 749_00],
  ['Puncture-proof tyre', 38_50],
];

const CERAMICS: Goods = [
  ['Assiette Marée', 24_50],
  ['Bol Écume', 14_50],
  ['Vase Estran', 480_00],
  ['Lampe Balise', 129_50],
  ['Atelier de tournage, demi-journée', 75_00],
];

const INSTRUMENTS: Goods = [
  ['River gauge, radar', 215_00],
  ['Rain gauge, tipping bucket', 148_20],
  ['Air temperature sensor', 84_50],
  ['Calibration, per instrument', 60_00],
  ['Barograph', 690_00],
];

// In a currency without decimals the same numbers are whole yen, in one with three they are thousandths.
const ORDINARY: readonly [Story, ...Story[]] = [
  'cardPaid',
  'cardPaid',
  'cardPaid',
  'cardPaid',
  'bankPaid',
  'bankPaid',
  'bankPaid',
  'paidElsewhere',
  'partRefunded',
];
const BY_CARD_ONLY: readonly [Story, ...Story[]] = ['cardPaid', 'cardPaid', 'paidElsewhere'];
const INVOICES_PER_REGULAR = 4;

export const northwindPlan = (): AccountPlan => ({
  payers: northwindPayers,
  plans: plansOf(createRandom(4_240_001), northwindPayers, northwindTales, BICYCLES),
  subscribed: northwindSubscribed,
  taxes: {
    exclusive: { display_name: 'Sales tax', percentage: '8.875', country: 'US' },
    inclusive: { display_name: 'Sales tax, included', percentage: '6.25', country: 'US' },
  },
});

export const mareePlan = (): AccountPlan => ({
  payers: mareePayers,
  plans: plansOf(createRandom(4_240_002), mareePayers, mareeTales, CERAMICS),
  subscribed: mareeSubscribed,
  taxes: {
    exclusive: { display_name: 'TVA', percentage: '20', country: 'FR' },
    inclusive: { display_name: 'TVA comprise', percentage: '5.5', country: 'FR' },
  },
});

export const larkfieldPlan = (): AccountPlan => ({
  payers: larkfieldPayers,
  plans: plansOf(createRandom(4_240_003), larkfieldPayers, larkfieldTales, INSTRUMENTS),
  subscribed: larkfieldSubscribed,
  taxes: {
    exclusive: { display_name: 'VAT', percentage: '23', country: 'IE' },
    inclusive: { display_name: 'VAT included', percentage: '13.5', country: 'IE' },
  },
});

function plansOf(random: Random, payers: readonly Payer[], tales: readonly Tale[], goods: Goods): Plan[] {
  const told = tales.map(([payer, story, daysAgo, dueIn, items]): Plan => {
    const base = { payer, story, daysAgo, dueIn };
    return { ...base, items: items ?? someItems(random, goods), tax: 'none' };
  });
  const ordinary = payers
    .filter(({ regular }) => regular)
    .flatMap((payer) =>
      Array.from({ length: INVOICES_PER_REGULAR }, () => ordinaryPlan(random, payer, goods)),
    );
  return [...told, ...ordinary];
}

function ordinaryPlan(random: Random, payer: Payer, goods: Goods): Plan {
  const foreign = payer.currency !== undefined;
  const story = random.pick(foreign ? BY_CARD_ONLY : ORDINARY);
  return {
    payer: payer.ref,
    story,
    daysAgo: random.between(lengthOf(story) + 15, 360),
    dueIn: random.pick([14, 30]),
    items: someItems(random, goods),
    // Tax is charged at home only, where these rates are due.
    tax: foreign ? 'none' : random.pick(['none', 'none', 'exclusive', 'inclusive']),
  };
}

const someItems = (random: Random, goods: Goods): Item[] =>
  Array.from({ length: random.between(1, 3) }, (): Item => {
    const [description, price] = random.pick(goods);
    return [description, random.between(1, 6), price];
  });
