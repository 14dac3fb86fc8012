// The invented people of both portals: ordinary, awkward and ambiguous ones, so that payer matching meets every case.
import { BUILTIN } from '../hubspot/builtin-properties.ts';
import type { AssociationSeed, RecordSeed } from '../hubspot/types.ts';
import { larkfieldPeople } from './larkfield.ts';

type Row = readonly [
  ref: string,
  firstName: string,
  lastName: string,
  email: string,
  company: string | null,
  job: string,
];

/**
 * A mailbox with a hyphen cannot be opened at this free-mail provider, so these addresses belong to nobody.
 * HubSpot keeps an address to one contact: a shared mailbox is a contact of its own beside the people who read it.
 */
const NORTHWIND: readonly Row[] = [
  ['ada', 'Ada', 'Fairweather', 'ada@lattice-labs.example', 'lattice', 'Head of Operations'],
  ['lattice-billing', 'Accounts', 'Payable', 'billing@lattice-labs.example', 'lattice', 'Shared mailbox'],
  ['milo', 'Milo', 'Brandt', 'milo.brandt@lattice-labs.example', 'lattice', 'Facilities Lead'],
  ['ngozi', 'Ngozi', 'Adeyemi-Okonkwo', 'ngozi@harborlight.example', 'harborlight', 'Fleet Director'],
  ['harborlight-billing', 'Harborlight', 'Finance', 'billing@harborlight.example', 'harborlight', 'Mailbox'],
  ['james-kestrel', 'James', 'Porter', 'james.porter@kestrel-court.example', 'kestrel', 'General Manager'],
  ['james-tidewater', 'James', 'Porter', 'jporter@tidewater-museum.example', 'tidewater', 'Visitor Services'],
  ['siobhan', 'Siobhán', 'O’Connell', 'siobhan@omalley-taverns.example', 'omalley', 'Owner'],
  ['layla', 'ليلى', 'العبدالله', 'layla@cedar-and-salt.example', 'cedar', 'Founder'],
  ['venkat', 'Ananthapadmanabhan', 'Subramaniam-Iyer', 'venkat@bluestem.example', 'bluestem', 'Controller'],
  [
    'magdalena',
    'Maria-Magdalena Theodora',
    'Wolfeschlegel-Steinhausenbergerdorff von und zu Altenquell',
    'm.wolfeschlegel@quillon.example',
    'quillon',
    'Rights & Royalties',
  ],
  ['jose', 'José Ángel', 'Núñez Iturralde', 'jose@copperfield.example', 'copperfield', 'Dispatch Manager'],
  ['thuy', 'Thị Thanh Thúy', 'Nguyễn', 'thuy@copperfield.example', 'copperfield', 'Bookkeeper'],
  ['zbigniew', 'Zbigniew', 'Brzęczyszczyński', 'zbigniew-sandbox@gmail.com', null, 'Private customer'],
  ['kenji', '健司', '田中', 'kenji@komorebi-rides.example', 'komorebi', 'Buyer'],
  ['amara', 'Amara', 'Diallo', 'amara-sandbox@gmail.com', null, 'Private customer'],
  ['priya', 'Priya', 'Raghunathan', 'priya@bluestem.example', 'bluestem', 'Store Manager'],
  ['seun', 'Oluwaseun', 'Bankole-Thompson', 'seun@thamesmere.example', 'thamesmere', 'Procurement'],
  ['solveig', 'Sólveig', 'Hallgrímsdóttir', 'solveig+bikes@tidewater-museum.example', 'tidewater', 'Curator'],
  ['mary-ann', 'Mary Ann', 'Whitecloud', 'maryann@red-maple.example', 'cooperative', 'Programme Lead'],
  ['dmitri', 'Dmitri', 'Volkonsky-Larkin', 'dmitri@quillon.example', 'quillon', 'Editor'],
  ['coop-office', 'Cooperative', 'Office', 'office@red-maple.example', 'cooperative', 'Shared mailbox'],
  ['xavier', 'Xavier', 'Quillon', 'xavier@quillon.example', 'quillon', 'Publisher'],
  ['hana', 'Hana', 'Dvořáková', 'hana@kestrel-court.example', 'kestrel', 'Guest Relations'],
];

const MAREE: readonly Row[] = [
  ['maree-elise', 'Élise', 'Kervadec', 'elise.kervadec@galerie-lumen.example', 'maree-lumen', 'Directrice'],
  ['maree-billing', 'Galerie', 'Lumen', 'billing@galerie-lumen.example', 'maree-lumen', 'Boîte partagée'],
  ['maree-yann', 'Yann', 'Le Dantec', 'yann@trois-phares.example', 'maree-phares', 'Chef de cuisine'],
  ['maree-ines', 'Inès', 'Ben Youssef', 'ines@trois-phares.example', 'maree-phares', 'Directrice d’hôtel'],
  ['maree-jorg', 'Jörg', 'Grünwald', 'joerg@gruenwald.example', 'maree-gruenwald', 'Geschäftsführer'],
  ['maree-noa', 'נועה', 'בן־דוד', 'noa@beit-hadas.example', 'maree-hadas', 'Propriétaire'],
  ['maree-lucia', 'Lucía', 'Fernández Ñíguez', 'lucia@casa-nandu.example', 'maree-nandu', 'Compras'],
  ['maree-lea', 'Léa', 'Moreau', 'lea-sandbox@gmail.com', null, 'Cliente particulière'],
  ['maree-soren', 'Søren', 'Ågård', 'soren@studio-oresund.example', 'maree-oresund', 'Indkøber'],
  ['maree-chiara', 'Chiara', 'D’Angelo', 'chiara@bottega-onda.example', 'maree-onda', 'Responsabile'],
  ['maree-contact', 'Maison', 'Gâtinais', 'contact@gatinais.example', 'maree-gatinais', 'Boîte partagée'],
  ['maree-aurore', 'Aurore', 'Lefèvre-Żółkiewska', 'aurore@gatinais.example', 'maree-gatinais', 'Acheteuse'],
  ['maree-bram', 'Bram', 'van den IJssel', 'bram@studio-oresund.example', 'maree-oresund', 'Inkoper'],
  ['maree-eleni', 'Ελένη', 'Παπαδοπούλου', 'eleni@bottega-onda.example', 'maree-onda', 'Architecte'],
  [
    'maree-pierre',
    'Pierre-Emmanuel',
    'de La Rochefontaine',
    'pe@gatinais.example',
    'maree-gatinais',
    'Gérant',
  ],
  ['maree-fatou', 'Fatoumata', 'N’Diaye', 'fatou@trois-phares.example', 'maree-phares', 'Comptable'],
];

/** Further addresses of a contact, as HubSpot keeps them: with semicolons between. */
const SECONDARY: Record<string, string> = {
  ngozi: 'ngozi@old-harbor.example;n.okonkwo@harborlight.example',
};

export type Person = { ref: string; name: string; email: string; secondary: readonly string[] };

const personOf = ([ref, first, last, email]: Row): Person => ({
  ref,
  name: `${first} ${last}`,
  email,
  secondary: SECONDARY[ref]?.split(';') ?? [],
});

/** Everybody of both portals and of the org, by ref. */
export const people: ReadonlyMap<string, Person> = new Map(
  [...NORTHWIND, ...MAREE, ...larkfieldPeople].map((row) => [row[0], personOf(row)]),
);

/** A stand-in that does not define the property yet would refuse the whole contact. */
const KEEPS_SECONDARY = BUILTIN.contacts.some(({ name }) => name === 'hs_additional_emails');

/** `phone` makes the number of the n-th person, from a range that is reserved for fiction. */
function contactsOf(rows: readonly Row[], phone: (nth: number) => string): RecordSeed[] {
  return rows.map(([ref, firstname, lastname, email, , jobtitle], nth) => {
    const secondary = KEEPS_SECONDARY ? SECONDARY[ref] : undefined;
    const properties = { firstname, lastname, email, jobtitle, phone: phone(nth) };
    return {
      ref,
      properties: secondary === undefined ? properties : { ...properties, hs_additional_emails: secondary },
    };
  });
}

const employmentOf = (rows: readonly Row[]): AssociationSeed[] =>
  rows.flatMap(([ref, , , , company]) => (company === null ? [] : [{ from: ref, to: company }]));

const twoDigits = (nth: number): string => String(nth + 1).padStart(2, '0');

export const northwindContacts = contactsOf(NORTHWIND, (nth) => `+1 212 555 01${twoDigits(nth)}`);
export const northwindEmployment = employmentOf(NORTHWIND);
export const mareeContacts = contactsOf(MAREE, (nth) => `+33 6 39 98 01 ${twoDigits(nth)}`);
export const mareeEmployment = employmentOf(MAREE);

/** Its org has two contacts for one address, and alone knows Bríd; the exchange is in HubSpot alone. */
const LARKFIELD: readonly Row[] = [
  ...larkfieldPeople.filter(([ref]) => ref !== 'lark-harbour-office' && ref !== 'lark-brid'),
  ['lark-exchange', 'Exchange', 'Desk', 'desk@instrument-exchange.example', null, 'Trade customer'],
];

export const larkfieldContacts = contactsOf(LARKFIELD, (nth) => `+353 20 910 01${twoDigits(nth)}`);
export const larkfieldEmployment = employmentOf(LARKFIELD);
