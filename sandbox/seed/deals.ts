// The invented deals of the portals with their line items.
import type { AssociationSeed, RecordSeed } from '../hubspot/types.ts';

/** Name, quantity, price of one in cents. */
type Line = readonly [name: string, quantity: number, cents: number];

type Deal = { ref: string; name: string; stage: string; contact: string; company?: string; lines: Line[] };

export const northwindDeals: readonly Deal[] = [
  {
    ref: 'lattice-rollout',
    name: 'Lattice Labs – commuter fleet rollout',
    stage: 'contractsent',
    contact: 'ada',
    company: 'lattice',
    lines: [
      ['Fleet tune-up, per bicycle', 5, 90_00],
      ['Cargo trailer hire, one month', 2, 250_00],
      ['Rider safety course', 3, 100_00],
    ],
  },
  {
    ref: 'lattice-parking',
    name: 'Lattice Labs – bike parking',
    stage: 'qualifiedtobuy',
    contact: 'milo',
    company: 'lattice',
    lines: [
      ['Two-tier rack', 12, 184_50],
      ['Installation', 1, 650_00],
    ],
  },
  {
    ref: 'harborlight-cargo',
    name: 'Harborlight – cargo bicycles',
    stage: 'closedwon',
    contact: 'ngozi',
    company: 'harborlight',
    lines: [['Cargo bicycle, long tail', 8, 3_199_00]],
  },
  {
    ref: 'kestrel-guests',
    name: 'Kestrel Court – guest bicycles',
    stage: 'closedwon',
    contact: 'james-kestrel',
    company: 'kestrel',
    lines: [
      ['City bicycle', 20, 749_99],
      ['Helmet, assorted sizes', 40, 39_95],
      ['Delivery', 1, 0],
    ],
  },
  {
    ref: 'tidewater-exhibit',
    name: 'Tidewater – restoration of a penny-farthing',
    stage: 'presentationscheduled',
    contact: 'solveig',
    company: 'tidewater',
    lines: [['Restoration of an exhibit', 1, 4_800_00]],
  },
  {
    ref: 'omalley-kegs',
    name: 'O’Malley’s – keg tricycles',
    stage: 'decisionmakerboughtin',
    contact: 'siobhan',
    company: 'omalley',
    lines: [
      ['Delivery tricycle', 3, 2_450_00],
      ['Lettering', 3, 120_00],
    ],
  },
  {
    ref: 'bluestem-vans',
    name: 'Bluestem – bicycles in place of vans',
    stage: 'appointmentscheduled',
    contact: 'priya',
    company: 'bluestem',
    lines: [],
  },
  {
    ref: 'copperfield-service',
    name: 'Copperfield – service plan',
    stage: 'closedwon',
    contact: 'jose',
    company: 'copperfield',
    lines: [['Service plan, per bicycle and year', 35, 220_00]],
  },
  {
    ref: 'cooperative-winter',
    name: 'Cooperative – winter storage',
    stage: 'contractsent',
    contact: 'mary-ann',
    company: 'cooperative',
    lines: [['Winter storage, per bicycle', 64, 45_00]],
  },
  {
    ref: 'zbigniew-touring',
    name: 'Touring bicycle',
    stage: 'closedlost',
    contact: 'zbigniew',
    lines: [['Touring frame', 1, 1_890_00]],
  },
];

export const mareeDeals: readonly Deal[] = [
  {
    ref: 'maree-phares-salle',
    name: 'Trois Phares – vaisselle de la salle',
    stage: 'contractsent',
    contact: 'maree-yann',
    company: 'maree-phares',
    lines: [
      ['Assiette Marée', 20, 24_50],
      ['Bol Écume', 20, 14_50],
      ['Livraison et mise en place', 1, 200_00],
    ],
  },
  {
    ref: 'maree-lumen-expo',
    name: 'Galerie Lumen – exposition d’été',
    stage: 'closedwon',
    contact: 'maree-elise',
    company: 'maree-lumen',
    lines: [
      ['Vase Estran, pièce unique', 6, 480_00],
      ['Socle en chêne', 6, 95_00],
    ],
  },
  {
    ref: 'maree-gruenwald-serie',
    name: 'Grünwald – Serie „Watt“',
    stage: 'qualifiedtobuy',
    contact: 'maree-jorg',
    company: 'maree-gruenwald',
    lines: [['Lampe Balise', 48, 129_90]],
  },
  {
    ref: 'maree-hadas-table',
    name: 'Beit Hadas – כלי שולחן',
    stage: 'presentationscheduled',
    contact: 'maree-noa',
    company: 'maree-hadas',
    lines: [
      ['Assiette Galet', 36, 31_00],
      ['Carafe', 9, 58_00],
    ],
  },
  {
    ref: 'maree-nandu-azulejos',
    name: 'Casa Ñandú – carreaux émaillés',
    stage: 'closedwon',
    contact: 'maree-lucia',
    company: 'maree-nandu',
    lines: [['Carreau émaillé, m²', 27, 112_00]],
  },
  {
    ref: 'maree-oresund-bols',
    name: 'Øresund – bols à thé',
    stage: 'closedlost',
    contact: 'maree-soren',
    company: 'maree-oresund',
    lines: [['Bol à thé', 100, 17_25]],
  },
];

/** Marketing sells spare parts in HubSpot; everything else is sold in Salesforce. */
export const larkfieldDeals: readonly Deal[] = [
  {
    ref: 'lark-orchard-spares',
    name: 'Ballyhoura – spare sensors',
    stage: 'qualifiedtobuy',
    contact: 'lark-una',
    company: 'lark-orchard',
    lines: [['Air temperature sensor', 4, 84_50]],
  },
];

const CLOSE_DATE = '2027-01-29';

export function dealRecords(deals: readonly Deal[], currency: string): RecordSeed[] {
  return deals.map(({ ref, name, stage, lines }) => ({
    ref,
    properties: {
      dealname: name,
      dealstage: stage,
      pipeline: 'default',
      dealtype: 'existingbusiness',
      deal_currency_code: currency,
      closedate: CLOSE_DATE,
      amount: decimal(lines.reduce((sum, [, quantity, cents]) => sum + quantity * cents, 0)),
    },
  }));
}

export function lineItems(deals: readonly Deal[], currency: string): RecordSeed[] {
  return deals.flatMap((deal) =>
    deal.lines.map(([name, quantity, cents], nth) => ({
      ref: lineRef(deal, nth),
      properties: {
        name,
        quantity: String(quantity),
        price: decimal(cents),
        amount: decimal(quantity * cents),
        hs_line_item_currency_code: currency,
      },
    })),
  );
}

export function dealAssociations(deals: readonly Deal[]): AssociationSeed[] {
  return deals.flatMap((deal) => [
    { from: deal.ref, to: deal.contact },
    ...(deal.company === undefined ? [] : [{ from: deal.ref, to: deal.company }]),
    ...deal.lines.map((_, nth) => ({ from: lineRef(deal, nth), to: deal.ref })),
  ]);
}

const lineRef = (deal: Deal, nth: number): string => `${deal.ref}-line-${nth + 1}`;

/** Cents as HubSpot writes an amount: `1250.00`. */
function decimal(cents: number): string {
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
