// What people see in a CRM by the stand-in's own records, both CRMs in the same words; knows no connector.

/** Amounts in minor units; null where nothing stands. */
export type ShownPerson = {
  id: string;
  email: string;
  owed: number | null;
  collected: number | null;
  status: string | null;
  link: string | null;
};

/** A copy of something of the gateway. `of` is the id of the gateway's object. */
export type ShownCopy = {
  kind: 'invoice' | 'line' | 'payment' | 'refund' | 'dispute';
  of: string;
  status: string | null;
  /** Total of an invoice, amount of anything else. */
  amount: number | null;
  /** Due of an invoice, refunded of a payment. */
  second: number | null;
};

export type Shown = { people: ShownPerson[]; copies: ShownCopy[]; texts: string[] };

export type CrmPlace = { crm: 'hubspot' | 'salesforce'; url: string; id: string };

type CrmRecord = Record<string, unknown>;

/** What a stand-in holds of a kind, over all merchants. */
type Read = (url: string, kind: string) => Promise<CrmRecord[]>;

/** Asks for each kind once, however many merchants there are. */
function createRead(): Read {
  const known = new Map<string, Promise<CrmRecord[]>>();
  return (url, kind) => {
    const address = `${url}/_sandbox/objects/${kind}`;
    const read =
      known.get(address) ?? fetch(address).then(async (response) => (await response.json()) as CrmRecord[]);
    known.set(address, read);
    return read;
  };
}

/** Every currency here has two decimals. */
function minor(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return null;
  return Math.round(Number(value) * 100);
}

const text = (value: unknown): string | null =>
  value === undefined || value === null || value === '' ? null : String(value);

/** Ours is `<account>:<id>`. */
const gatewayId = (ownId: unknown): string => String(ownId).split(':').slice(1).join(':');

export function shownIn(places: readonly CrmPlace[]): Promise<Shown[]> {
  const read = createRead();
  return Promise.all(
    places.map((place) => (place.crm === 'hubspot' ? inHubspot(place, read) : inSalesforce(place, read))),
  );
}

const HUBSPOT_WORDS: Record<string, string> = {
  disputed_action_required: 'disputed',
  disputed_lost: 'reversed',
};

async function inHubspot({ url, id }: CrmPlace, objects: Read): Promise<Shown> {
  const read = async (kind: string): Promise<{ id: string; properties: CrmRecord }[]> => {
    const all = (await objects(url, kind)) as { id: string; portalId: number; properties: CrmRecord }[];
    return all.filter(({ portalId }) => String(portalId) === id);
  };
  const [contacts, invoices, lines, payments] = await Promise.all(
    ['contacts', 'invoices', 'line_items', 'commerce_payments'].map(read),
  );
  const ours = (list: { properties: CrmRecord }[] | undefined): CrmRecord[] =>
    (list ?? []).map(({ properties }) => properties).filter((one) => text(one['payside_id']) !== null);
  return {
    people: (contacts ?? []).map(({ id: recordId, properties }) => ({
      id: recordId,
      email: String(properties['email']),
      owed: minor(properties['payside_owed']),
      collected: minor(properties['payside_lifetime_collected']),
      status: text(properties['payside_status']),
      link: text(properties['payside_link']),
    })),
    copies: [
      ...ours(invoices).map((one) => ({
        kind: 'invoice' as const,
        of: gatewayId(one['payside_id']),
        status: text(one['payside_status']),
        amount: minor(one['payside_total']),
        second: minor(one['payside_due']),
      })),
      ...ours(lines).map((one) => ({
        kind: 'line' as const,
        of: gatewayId(one['payside_id']),
        status: null,
        amount: minor(one['price']),
        second: null,
      })),
      ...ours(payments).map((one) => {
        const status = text(one['hs_latest_status']);
        return {
          kind: 'payment' as const,
          of: gatewayId(one['payside_id']),
          status: HUBSPOT_WORDS[status ?? ''] ?? status,
          amount: minor(one['hs_initial_amount']),
          second: minor(one['hs_refunds_amount']) ?? 0,
        };
      }),
    ],
    texts: [contacts, invoices, lines, payments].flatMap((list) =>
      (list ?? []).map((one) => JSON.stringify(one)),
    ),
  };
}

const SALESFORCE_KINDS: readonly [type: string, kind: ShownCopy['kind'], amount: string, second: string][] = [
  ['Payside_Invoice__c', 'invoice', 'Total_Minor__c', 'Due_Minor__c'],
  ['Payside_Invoice_Line__c', 'line', 'Amount_Minor__c', ''],
  ['Payside_Payment__c', 'payment', 'Amount_Minor__c', 'Refunded_Minor__c'],
  ['Payside_Refund__c', 'refund', 'Amount_Minor__c', ''],
  ['Payside_Dispute__c', 'dispute', 'Amount_Minor__c', ''],
];

async function inSalesforce({ url, id }: CrmPlace, objects: Read): Promise<Shown> {
  const read = async (type: string): Promise<CrmRecord[]> =>
    (await objects(url, type)).filter(({ orgId }) => orgId === id);
  const contacts = await read('Contact');
  const lists = await Promise.all(SALESFORCE_KINDS.map(([type]) => read(type)));
  const whole = (value: unknown): number | null => (text(value) === null ? null : Number(value));
  return {
    people: contacts.map((one) => ({
      id: String(one['Id']),
      email: String(one['Email']),
      owed: minor(one['Payside_Owed__c']),
      collected: minor(one['Payside_Lifetime_Collected__c']),
      status: text(one['Payside_Status__c']),
      link: text(one['Payside_Link__c']),
    })),
    copies: SALESFORCE_KINDS.flatMap(([, kind, amount, second], index) =>
      (lists[index] ?? []).map((one) => ({
        kind,
        of: gatewayId(one['Payside_Id__c']),
        status: text(one['Status__c']),
        amount: whole(one[amount]),
        second: second === '' ? null : whole(one[second]),
      })),
    ),
    texts: [contacts, ...lists].flat().map((one) => JSON.stringify(one)),
  };
}
