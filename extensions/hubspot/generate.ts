// Writes the cards' TypeScript types from the connector's zod contract; `--check` fails when they are stale.
/// <reference types="node" />
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { amountSchema } from '../../src/views/amount.ts';
import * as card from '../../src/views/card-schema.ts';
import * as finance from '../../src/views/finance-schema.ts';
import * as otherCrm from '../../src/views/other-crm-schema.ts';
import { operationRequests } from '../../src/views/operation-requests.ts';
import * as settings from '../../src/views/settings-schema.ts';
import * as unmatched from '../../src/views/unmatched-schema.ts';

const { invoices, payments, methods, payers, warnings, unfinished } = card.cardViewSchema.shape;

/** Types by the file of `ui/` they go into; a file knows those of the files before it. */
const files = {
  'card-types.ts': {
    Amount: amountSchema,
    Tone: card.toneSchema,
    OperationKind: card.operationKindSchema,
    Payer: card.payerSchema,
    InvoiceView: invoices.element,
    PaymentView: payments.element,
    MethodView: methods.element,
    PayerView: payers.element,
    WarningView: warnings.element,
    UnfinishedView: unfinished.element,
    Composer: card.composerSchema,
    CardView: card.cardViewSchema,
    Outcome: card.outcomeSchema,
    OperationAnswer: card.operationAnswerSchema,
    ViewAnswer: card.viewAnswerSchema,
    OperationRequests: z.strictObject(operationRequests),
  },
  'page-types.ts': {
    Role: settings.roleSchema,
    SettingsField: settings.settingsFieldSchema,
    SettingsView: settings.settingsViewSchema,
    SettingsRequest: settings.settingsRequestSchema,
    SettingsAnswer: settings.settingsAnswerSchema,
    OtherCrm: otherCrm.otherCrmSchema,
    OtherCrmRequest: otherCrm.otherCrmRequestSchema,
    JoinCode: otherCrm.joinCodeSchema,
    OtherCrmAnswer: settings.otherCrmAnswerSchema,
    UnmatchedPayer: unmatched.unmatchedPayerSchema,
    UnmatchedAnswer: unmatched.unmatchedAnswerSchema,
    FinanceView: finance.financeViewSchema,
    FinanceAnswer: finance.financeAnswerSchema,
  },
};

type FileName = keyof typeof files;

type Node = z.core.JSONSchema.BaseSchema | boolean;

const literal = (value: unknown): string => JSON.stringify(value);

function objectType(node: z.core.JSONSchema.BaseSchema): string {
  const required = new Set(node.required ?? []);
  const fields = Object.entries(node.properties ?? {}).map(
    ([name, field]) => `${literal(name)}${required.has(name) ? '' : '?'}: ${typeOf(field)};`,
  );
  return `{ ${fields.join(' ')} }`;
}

function plainType(node: z.core.JSONSchema.BaseSchema, type: string | undefined): string {
  if (type === 'object') return objectType(node);
  if (type === 'array' && node.items && !Array.isArray(node.items)) return `(${typeOf(node.items)})[]`;
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  throw new Error(`No TypeScript form for ${literal(node)}`);
}

/** The TypeScript type of one JSON Schema node, as text. */
function typeOf(node: Node): string {
  if (typeof node === 'boolean') throw new Error('The contract has an open field');
  if (node.$ref) return node.$ref;
  if ('const' in node) return literal(node.const);
  if (node.enum) return node.enum.map(literal).join(' | ');
  const choices = node.anyOf ?? node.oneOf;
  if (choices) return choices.map(typeOf).join(' | ');
  const types: (string | undefined)[] = Array.isArray(node.type) ? node.type : [node.type];
  return types.map((type) => plainType(node, type)).join(' | ');
}

const pathOf = (name: FileName): string => fileURLToPath(new URL(`./ui/${name}`, import.meta.url));

/** The whole text of each file of types. */
export async function viewTypes(): Promise<Record<FileName, string>> {
  const registry = z.registry<{ id: string }>();
  for (const named of Object.values(files))
    for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => id });
  const typesIn = (name: FileName): string[] =>
    Object.keys(files[name]).map((type) => {
      const schema = schemas[type];
      if (!schema) throw new Error(`${type} is not in the contract`);
      return `export type ${type} = ${typeOf(schema)};`;
    });
  const pages = typesIn('page-types.ts');
  return {
    'card-types.ts': await laidOut('card-types.ts', typesIn('card-types.ts')),
    'page-types.ts': await laidOut('page-types.ts', [importsOf(pages), ...pages]),
  };
}

/** What the pages' types take from the card's. */
function importsOf(pages: readonly string[]): string {
  const used = Object.keys(files['card-types.ts']).filter((type) =>
    pages.some((text) => new RegExp(`\\b${type}\\b`).test(text)),
  );
  return `import type { ${used.join(', ')} } from './card-types.ts';`;
}

async function laidOut(name: FileName, parts: readonly string[]): Promise<string> {
  const head = '// What the connector sends and takes; generated by `npm run generate`, do not edit.';
  const options = await resolveConfig(pathOf(name));
  return format([head, ...parts].join('\n\n'), { ...options, parser: 'typescript' });
}

async function main(check: boolean): Promise<void> {
  const fresh = await viewTypes();
  for (const name of Object.keys(files) as FileName[]) {
    if (!check) await writeFile(pathOf(name), fresh[name]);
    else if ((await readFile(pathOf(name), 'utf8').catch(() => '')) !== fresh[name]) {
      process.stderr.write(`extensions/hubspot/ui/${name} is stale: run \`npm run generate\`\n`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'));
