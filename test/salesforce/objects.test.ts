// Holds Salesforce's metadata of objects and fields to its declaration, in both directions, and that to the ledger's words.
import { describe, expect, it } from 'vitest';
import manifest from '../../manifests/salesforce-objects.json' with { type: 'json' };
import hubspot from '../../manifests/crm-fields.json' with { type: 'json' };
import { ofType, readPackage } from '../../extensions/salesforce/metadata/package-source.ts';
import {
  childrenOf,
  parseXml,
  textOf,
  textsOf,
  type XmlNode,
} from '../../extensions/salesforce/metadata/xml-node.ts';
import { packageFiles } from '../../extensions/salesforce/generate.ts';
import type { DeclineReason } from '../../src/gateways/gateway.ts';
import { BALANCE_STATES } from '../../src/ledger/balance.ts';
import type {
  Allocation,
  DisputeStatus,
  InvoiceStatus,
  RefundStatus,
  Subscription,
} from '../../src/ledger/entities.ts';
import { FLAG_URGENCY } from '../../src/ledger/invoice-figures.ts';
import { PAYMENT_WORDS } from '../../src/records/desired-state.ts';
import { render } from '../../src/records/render.ts';
import { readText, ROOT } from '../support/source-files.ts';

const SOURCE = 'extensions/salesforce/force-app/main/default';
const source = readPackage(`${ROOT}${SOURCE}`);

type Declared = (typeof manifest.objects)[number]['fields'][number] & {
  options?: { value: string; label: string }[];
  formula?: string;
  length?: number;
  precision?: number;
  scale?: number;
  to?: string;
  unique?: boolean;
};

const declaredObjects: { name: string; fields: Declared[] }[] = [
  ...manifest.objects,
  ...manifest.summary.objects.map((name) => ({ name, fields: manifest.summary.fields })),
  manifest.event,
] as { name: string; fields: Declared[] }[];

const access: Record<string, { read: string[]; write: string[] }> = manifest.access;

/** What a field is, in the words of the declaration; undefined parts are left out on both sides. */
const declaredShape = (field: Declared) => ({
  label: field.label,
  type: field.type,
  length: field.length,
  precision: field.precision,
  scale: field.scale,
  to: field.to,
  formula: field.formula,
  options: field.options?.map(({ value, label }) => `${value} ${label}`),
  unique: field.unique === true,
  required: field.required === true,
});

const numberOf = (node: XmlNode, name: string): number | undefined => {
  const text = textOf(node, name);
  return text === undefined ? undefined : Number(text);
};

const writtenShape = (node: XmlNode) => {
  const values = childrenOf(node, 'valueSet').flatMap((set) =>
    childrenOf(set, 'valueSetDefinition').flatMap((definition) => childrenOf(definition, 'value')),
  );
  return {
    label: textOf(node, 'label'),
    type: textOf(node, 'type'),
    length: numberOf(node, 'length'),
    precision: numberOf(node, 'precision'),
    scale: numberOf(node, 'scale'),
    to: textOf(node, 'referenceTo'),
    formula: textOf(node, 'formula'),
    options:
      values.length > 0
        ? values.map((value) => `${textOf(value, 'fullName')} ${textOf(value, 'label')}`)
        : undefined,
    unique: textOf(node, 'unique') === 'true',
    required: textOf(node, 'required') === 'true' || textOf(node, 'type') === 'MasterDetail',
  };
};

const declared = new Map(
  declaredObjects.flatMap(({ name, fields }) =>
    fields.map((field) => [`${name}.${field.name}`, declaredShape(field)] as const),
  ),
);

const written = new Map(
  ofType(source, 'CustomField').map(({ path, root }) => [
    `${path.split('/')[1]}.${textOf(root, 'fullName')}`,
    writtenShape(root),
  ]),
);

const wordsOf = (object: string, field: string): string[] | undefined =>
  declaredObjects
    .find(({ name }) => name === object)
    ?.fields.find(({ name }) => name === field)
    ?.options?.map(({ value }) => value);

describe('the metadata of objects', () => {
  it('is XML in every file', () => {
    expect(source.broken).toEqual([]);
    expect(source.metadata.length).toBeGreaterThan(100);
    expect(() => parseXml('<a><b></a>')).toThrow(/Unexpected close tag/);
  });

  it('has every declared field, of the declared kind, and no other', () => {
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(declared));
  });

  it('has every declared object with its name and sharing, and no other', () => {
    const found = ofType(source, 'CustomObject').map(({ path, root }) => ({
      name: path.split('/')[1],
      label: textOf(root, 'label'),
      plural: textOf(root, 'pluralLabel'),
      description: textOf(root, 'description'),
      sharing: textOf(root, 'sharingModel'),
      nameType: childrenOf(root, 'nameField').map((node) => textOf(node, 'type'))[0],
    }));
    const wanted = [
      ...manifest.objects.map(({ name, label, plural, description, sharing, nameField }) => ({
        name,
        label,
        plural,
        description,
        sharing,
        nameType: nameField.type,
      })),
      {
        name: manifest.event.name,
        label: manifest.event.label,
        plural: manifest.event.plural,
        description: manifest.event.description,
        sharing: undefined,
        nameType: undefined,
      },
    ];
    const byName = <T extends { name: string | undefined }>(list: T[]): T[] =>
      list.sort((a, b) => String(a.name).localeCompare(String(b.name)));
    expect(byName(found)).toEqual(byName(wanted));
  });

  it('says of every field what it is, its unit and where its value comes from', () => {
    const silent = declaredObjects.flatMap(({ name, fields }) =>
      fields.flatMap((field) => {
        const file = source.files.find(
          ({ path }) => path === `objects/${name}/fields/${field.name}.field-meta.xml`,
        );
        const text = file ? (textOf(parseXml(file.text).root, 'description') ?? '') : '';
        return [field.description, field.unit, field.source].every(
          (part) => part !== '' && text.includes(part),
        )
          ? []
          : [`${name}.${field.name}`];
      }),
    );
    expect(silent).toEqual([]);
  });

  it('is what the generator writes', () => {
    const texts = new Map(source.files.map(({ path, text }) => [path, text]));
    const stale = [...packageFiles()].flatMap(([path, text]) => (texts.get(path) === text ? [] : [path]));
    expect(stale).toEqual([]);
  });

  it('stands in docs/salesforce.md, field by field', () => {
    const parts = readText('docs/salesforce.md').split(/^### /m);
    const missing = declaredObjects.flatMap(({ name, fields }) => {
      const part = parts.find((text) => text.split('\n', 1)[0]?.includes(name)) ?? '';
      return fields.flatMap((field) => {
        const row = part.split('\n').find((line) => line.startsWith(`| \`${field.name}\``)) ?? '';
        const { read, write } = access[field.access] ?? { read: [], write: [] };
        const readers = read.length === 5 ? 'all sets' : read.join(', ');
        const says = [field.description, field.unit, field.source, readers, write.join(', ') || 'nobody'];
        return says.every((text) => row.includes(text)) ? [] : [`${name}.${field.name}`];
      });
    });
    expect(missing).toEqual([]);
  });

  it('finds each of our records by one id that is required, unique and case-sensitive', () => {
    for (const { name } of manifest.objects) {
      const { root } = ofType(source, 'CustomField').find(({ path }) =>
        path.includes(`/${name}/fields/Payside_Id__c.`),
      )!;
      const flags = ['caseSensitive', 'externalId', 'required', 'unique'].map((flag) => textOf(root, flag));
      expect([name, ...flags, textOf(root, 'length')]).toEqual([name, 'true', 'true', 'true', 'true', '255']);
    }
  });

  it('keeps our records when a person, company or deal is deleted', () => {
    const constraints = ofType(source, 'CustomField').flatMap(({ path, root }) =>
      textOf(root, 'type') === 'Lookup' && textOf(root, 'deleteConstraint') !== 'SetNull' ? [path] : [],
    );
    expect(constraints).toEqual([]);
  });

  it('takes no word that the ledger does not know', () => {
    const sets = ofType(source, 'CustomField').flatMap(({ root }) => childrenOf(root, 'valueSet'));
    expect(sets.length).toBeGreaterThan(5);
    expect(sets.flatMap((set) => textsOf(set, 'restricted'))).toEqual(sets.map(() => 'true'));
  });
});

describe('salesforce-objects.json', () => {
  it('names every amount three ways: minor units, CRM currency, text', () => {
    for (const { name, fields } of manifest.objects) {
      const names = new Set(fields.map(({ field }) => field));
      const amounts = [...names]
        .filter((field) => field.endsWith('_minor'))
        .map((field) => field.slice(0, -6));
      for (const amount of amounts)
        expect([name, names.has(amount), names.has(`${amount}_text`)]).toEqual([name, true, true]);
      expect(fields.filter(({ type }) => type === 'Currency').map(({ field }) => field)).toEqual(amounts);
      if (amounts.length > 0) expect(names.has('currency')).toBe(true);
    }
  });

  it('has exactly the summary that a desired state is rendered to, in the words used for HubSpot', () => {
    const values = {
      owed: [],
      overdue: [],
      collected: [],
      status: 'none',
      lastPaymentAt: null,
      nextDue: null,
      nextInvoice: null,
    };
    const record = { installationId: 'inst_1', objectType: 'Contact', recordId: '003000000000001AAA' };
    const rendered = render(
      { record, presence: 'present', values },
      { currency: 'EUR', schemaVersion: manifest.schemaVersion, linkTo: () => null },
    );
    const names = manifest.summary.fields.map(({ field }) => field);
    expect(names.toSorted()).toEqual(Object.keys(rendered).toSorted());
    expect(names).toEqual(hubspot.summary.map(({ field }) => field));
    expect(manifest.summary.fields.map(({ name }) => name.toLowerCase())).toEqual(
      hubspot.summary.map(({ name }) => `${name}__c`),
    );
  });

  it('has the fields that HubSpot has of an invoice', () => {
    const invoice = manifest.objects.find(({ kind }) => kind === 'invoice')!;
    const names = [...invoice.fields.map(({ field }) => field), 'number'];
    expect(names).toEqual(expect.arrayContaining(hubspot.invoice.map(({ field }) => field)));
  });

  const invoiceStates: Record<Exclude<InvoiceStatus, 'deleted'>, true> = {
    draft: true,
    open: true,
    paid: true,
    void: true,
    uncollectible: true,
  };
  const refundStates: Record<RefundStatus, true> = {
    pending: true,
    requires_action: true,
    succeeded: true,
    failed: true,
    canceled: true,
  };
  const disputeStates: Record<DisputeStatus, true> = {
    needs_response: true,
    under_review: true,
    won: true,
    lost: true,
    prevented: true,
    warning: true,
  };
  const subscriptionStates: Record<Subscription['status'], true> = {
    trialing: true,
    active: true,
    past_due: true,
    unpaid: true,
    incomplete: true,
    paused: true,
    canceled: true,
  };
  const declineReasons: Record<DeclineReason, true> = {
    generic: true,
    insufficient_funds: true,
    lost_or_stolen: true,
    expired: true,
    wrong_details: true,
    not_supported: true,
    limit: true,
    fraud_suspected: true,
    processing_error: true,
    authentication_required: true,
  };
  const allocationStates: Record<Allocation['status'], true> = { open: true, paid: true, canceled: true };

  it.each([
    ['Contact', 'Payside_Status__c', BALANCE_STATES],
    ['Payside_Invoice__c', 'Status__c', [...FLAG_URGENCY, ...Object.keys(invoiceStates)]],
    ['Payside_Invoice__c', 'State__c', Object.keys(invoiceStates)],
    ['Payside_Payment__c', 'Status__c', PAYMENT_WORDS],
    ['Payside_Payment__c', 'Failure__c', Object.keys(declineReasons)],
    ['Payside_Refund__c', 'Status__c', Object.keys(refundStates)],
    ['Payside_Dispute__c', 'Status__c', Object.keys(disputeStates)],
    ['Payside_Subscription__c', 'Status__c', Object.keys(subscriptionStates)],
    ['Payside_Allocation__c', 'Status__c', Object.keys(allocationStates)],
  ])('offers in %s.%s exactly the words of the ledger', (object, field, words) => {
    expect(wordsOf(object, field)).toEqual([...words]);
  });

  it('uses every name and every canonical word once an object', () => {
    for (const { name, fields } of declaredObjects) {
      expect([name, new Set(fields.map((field) => field.name)).size]).toEqual([name, fields.length]);
      expect([name, new Set(fields.map(({ field }) => field)).size]).toEqual([name, fields.length]);
    }
  });
});

describe('sfdx-project.json', () => {
  it('leads to the package source and is written for API version 66', () => {
    const project = JSON.parse(readText('sfdx-project.json')) as {
      packageDirectories: { path: string }[];
      sourceApiVersion: string;
      namespace: string;
    };
    expect(project.packageDirectories.map(({ path }) => `${path}/main/default`)).toEqual([SOURCE]);
    expect(project.sourceApiVersion).toBe('66.0');
    expect(project.namespace).toBe(manifest.namespace);
  });
});
