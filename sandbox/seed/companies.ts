// The invented companies of the portals.
import type { RecordSeed } from '../hubspot/types.ts';
import { larkfieldAccounts } from './larkfield.ts';

type Row = readonly [ref: string, name: string, domain: string, city: string, country: string];

const LONGEST =
  'The Greater Red Maple Valley Cooperative for Community-Supported Bicycle Delivery, Repair, Winter Storage ' +
  'and Mutual Aid of the Seven Townships, Incorporated';

const NORTHWIND: readonly Row[] = [
  ['lattice', 'Lattice Labs', 'lattice-labs.example', 'Brooklyn', 'United States'],
  ['harborlight', 'Harborlight Logistics', 'harborlight.example', 'Baltimore', 'United States'],
  ['kestrel', 'Kestrel Court Hotels', 'kestrel-court.example', 'Boston', 'United States'],
  ['tidewater', 'Tidewater Museum of Invention', 'tidewater-museum.example', 'Norfolk', 'United States'],
  ['omalley', 'O’Malley’s Tavern Group', 'omalley-taverns.example', 'Chicago', 'United States'],
  ['cedar', 'Cedar & Salt · أرز وملح', 'cedar-and-salt.example', 'Kuwait City', 'Kuwait'],
  ['bluestem', 'Bluestem Botanicals', 'bluestem.example', 'Omaha', 'United States'],
  ['quillon', 'Quillon & Daughters, Publishers', 'quillon.example', 'Philadelphia', 'United States'],
  ['copperfield', 'Copperfield Couriers', 'copperfield.example', 'Queens', 'United States'],
  ['komorebi', 'Komorebi Rides 木漏れ日', 'komorebi-rides.example', 'Kyoto', 'Japan'],
  ['thamesmere', 'Thamesmere Borough Fleet', 'thamesmere.example', 'London', 'United Kingdom'],
  ['cooperative', LONGEST, 'red-maple.example', 'Red Maple', 'United States'],
];

const MAREE: readonly Row[] = [
  ['maree-lumen', 'Galerie Lumen', 'galerie-lumen.example', 'Rennes', 'France'],
  ['maree-phares', 'Hôtel des Trois Phares', 'trois-phares.example', 'Brest', 'France'],
  ['maree-gruenwald', 'Möbelhaus Grünwald GmbH', 'gruenwald.example', 'München', 'Deutschland'],
  ['maree-hadas', 'בית הדס · Beit Hadas', 'beit-hadas.example', 'חיפה', 'Israël'],
  ['maree-nandu', 'Casa Ñandú, S. L.', 'casa-nandu.example', 'Bilbao', 'España'],
  ['maree-oresund', 'Studio Øresund ApS', 'studio-oresund.example', 'København', 'Danmark'],
  ['maree-onda', 'Bottega dell’Onda', 'bottega-onda.example', 'Livorno', 'Italia'],
  ['maree-gatinais', 'Maison Gâtinais & Fils', 'gatinais.example', 'Montargis', 'France'],
];

const companiesOf = (rows: readonly Row[]): RecordSeed[] =>
  rows.map(([ref, name, domain, city, country]) => ({
    ref,
    properties: { name, domain, city, country, website: `https://www.${domain}`, lifecyclestage: 'customer' },
  }));

export const northwindCompanies = companiesOf(NORTHWIND);
export const mareeCompanies = companiesOf(MAREE);
/** Those of the org, as its HubSpot knows them. */
export const larkfieldCompanies = companiesOf(larkfieldAccounts);
