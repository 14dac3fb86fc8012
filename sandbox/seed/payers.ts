// The customers of the Stripe accounts: most have the address of one contact, some are hard to match.
import { people } from './people.ts';

export type Payer = {
  ref: string;
  name: string;
  email: string | null;
  /** Currency of all this payer's invoices, lower case; left out: the account's. */
  currency?: string;
  /** Test methods to save; the first becomes the default. */
  saved?: readonly string[];
  /** Whether ordinary invoices run up over the year. */
  regular: boolean;
};

const GOOD = 'pm_card_visa';
const ASKS_THE_BANK = 'pm_card_authenticationRequired';
const ALWAYS_DECLINES = 'pm_card_chargeCustomerFail';

/** A payer with a contact's name and address. */
function contact(ref: string, more: Partial<Payer> = {}): Payer {
  const person = people.get(ref);
  if (!person) throw new Error(`nobody is called ${ref}`);
  return { ref, name: person.name, email: person.email, regular: true, ...more };
}

/** A payer whose address no contact has as its first. */
const other = (ref: string, name: string, email: string | null, more: Partial<Payer> = {}): Payer => ({
  ref,
  name,
  email,
  regular: true,
  ...more,
});

export const northwindPayers: readonly Payer[] = [
  contact('ada', { saved: [GOOD], regular: false }),
  contact('lattice-billing'),
  contact('milo', { saved: ['pm_card_amex', 'pm_usBankAccount'] }),
  contact('ngozi', { saved: ['pm_usBankAccount'] }),
  // Two payers with one address, and a third that only a secondary address of the same contact leads to.
  other('ngozi-west', 'Harborlight Logistics – West Depot', 'ngozi@harborlight.example'),
  other('ngozi-old', 'Old Harbor Haulage', 'ngozi@old-harbor.example', { regular: false }),
  contact('harborlight-billing', { saved: ['pm_usBankAccount'] }),
  contact('james-kestrel', { saved: [GOOD, 'pm_card_mastercard'] }),
  contact('james-tidewater'),
  contact('siobhan', { saved: [ALWAYS_DECLINES], regular: false }),
  contact('layla', { currency: 'kwd', saved: ['pm_card_mastercard'] }),
  contact('venkat'),
  contact('magdalena', { saved: [ASKS_THE_BANK] }),
  contact('jose', { saved: ['pm_card_mastercard'] }),
  contact('thuy'),
  contact('zbigniew'),
  contact('amara', { saved: [GOOD] }),
  contact('kenji', { currency: 'jpy' }),
  contact('priya'),
  contact('seun', { currency: 'gbp', saved: [GOOD] }),
  other('mary-ann', 'Mary Ann Whitecloud', 'MaryAnn@Red-Maple.example'),
  other('unknown-shop', 'Wheel & Spoke of Nowhere', 'orders@wheel-and-spoke.example'),
  other('unknown-person', 'Theo Lindqvist', 'theo@lindqvist-family.example'),
  other('unknown-freemail', 'G. Ferreira', 'g-ferreira-sandbox@gmail.com'),
  other('no-address', 'Walk-in customer', null, { regular: false }),
  other('deleted', 'Closed Chapter Books', 'till@closed-chapter.example', { regular: false }),
];

export const mareePayers: readonly Payer[] = [
  contact('maree-elise', { saved: [GOOD], regular: false }),
  contact('maree-billing', { saved: ['pm_sepaDebit'] }),
  contact('maree-yann'),
  contact('maree-ines', { saved: ['pm_card_mastercard', 'pm_sepaDebit'] }),
  contact('maree-jorg', { saved: ['pm_sepaDebit'] }),
  contact('maree-noa'),
  contact('maree-lucia', { saved: [ASKS_THE_BANK] }),
  contact('maree-lea'),
  contact('maree-soren'),
  contact('maree-chiara', { saved: [GOOD] }),
  contact('maree-contact'),
  contact('maree-aurore', { saved: [ALWAYS_DECLINES], regular: false }),
  contact('maree-bram'),
  contact('maree-eleni'),
  contact('maree-pierre'),
  other('maree-london', 'Saltmarsh Interiors', 'ledger@saltmarsh-interiors.example', { currency: 'gbp' }),
  other('maree-tokyo', '海辺の器', 'kaikei@umibe-utsuwa.example', { currency: 'jpy' }),
  other('maree-unknown', 'Gilles Inconnu', 'gilles@inconnu.example'),
];

export const larkfieldPayers: readonly Payer[] = [
  contact('lark-orla', { saved: [GOOD], regular: false }),
  contact('lark-cormac', { saved: ['pm_sepaDebit'] }),
  // Two contacts have this address.
  other('lark-harbour', 'Harbour Trust of Youghal', 'office@youghal-harbour.example'),
  contact('lark-una', { saved: ['pm_card_mastercard'] }),
  contact('lark-billing', { saved: ['pm_sepaDebit'] }),
  contact('lark-ingrid', { saved: [ASKS_THE_BANK] }),
  contact('lark-aymeric'),
  contact('lark-yuki', { currency: 'jpy', saved: [GOOD] }),
  contact('lark-brid', { saved: [ALWAYS_DECLINES], regular: false }),
  contact('lark-sami'),
  contact('lark-niall', { saved: [GOOD] }),
  other('lark-unknown', 'Instrument Exchange of Nowhere', 'desk@instrument-exchange.example'),
];
