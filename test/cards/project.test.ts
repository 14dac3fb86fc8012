// The HubSpot project, checked without HubSpot: its own translator, the shape of every component, and our scope list.
/// <reference types="node" />
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseProjectConfig } from '@hubspot/project-parsing-lib/projects';
import { translateForLocalDev } from '@hubspot/project-parsing-lib/translate';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';

const project = path.resolve(import.meta.dirname, '../../extensions/hubspot');
const scopes = z
  .object({ hubspot: z.object({ required: z.array(z.string()), optional: z.array(z.string()) }) })
  .parse(
    JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../manifests/scopes.json'), 'utf8')),
  ).hubspot;

const told = Object.keys(
  z
    .object({ hubspot: z.record(z.string(), z.string()) })
    .parse(
      JSON.parse(
        readFileSync(path.resolve(import.meta.dirname, '../../manifests/webhook-events.json'), 'utf8'),
      ),
    ).hubspot,
);

const words = z.string().min(1);
const httpsUrl = z.url({ protocol: /^https$/ });
const redirectUrl = httpsUrl.or(z.string().regex(/^http:\/\/localhost(:\d+)?\//));

const appSchema = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().min(1).max(8192),
  distribution: z.literal('marketplace'),
  auth: z.strictObject({
    type: z.literal('oauth'),
    redirectUrls: z.array(redirectUrl).min(1),
    requiredScopes: z.array(words),
    optionalScopes: z.array(words),
    conditionallyRequiredScopes: z.array(words),
  }),
  permittedUrls: z.strictObject({
    fetch: z.array(httpsUrl.refine((url) => new URL(url).hostname !== 'localhost')).length(1),
    iframe: z.array(httpsUrl),
    img: z.array(httpsUrl),
  }),
  support: z.strictObject({
    supportEmail: z.email(),
    documentationUrl: httpsUrl,
    supportUrl: httpsUrl,
    supportPhone: words,
  }),
});

const cardSchema = z.strictObject({
  name: words,
  description: words,
  location: z.enum(['crm.record.tab', 'crm.record.sidebar']),
  entrypoint: z.string().regex(/^\/app\/cards\/\w+\.tsx$/),
  objectTypes: z.array(z.enum(['contacts', 'companies', 'deals'])).length(3),
});

const settingsSchema = z.strictObject({ entrypoint: z.string().regex(/^\/app\/settings\/\w+\.tsx$/) });

const webhooksSchema = z.strictObject({
  settings: z.strictObject({ targetUrl: httpsUrl, maxConcurrentRequests: z.int().min(1) }),
  subscriptions: z.strictObject({
    hubEvents: z.array(z.strictObject({ subscriptionType: words, active: z.literal(true) })).min(1),
  }),
});

const fileSchema = z.strictObject({
  uid: z.string().regex(/^[\w.-]{1,64}$/),
  type: words,
  config: z.looseObject({}),
});

const schemas: Record<string, z.ZodType> = {
  APPLICATION: appSchema,
  CARD: cardSchema,
  SETTINGS: settingsSchema,
  WEBHOOKS: webhooksSchema,
};

/** Everything wrong with the project in `folder`, in words. */
async function problemsOf(folder: string): Promise<string[]> {
  const { srcDir, platformVersion } = parseProjectConfig(folder);
  const source = path.join(folder, srcDir);
  const { intermediateRepresentation, skippedHsMetaFiles } = await translateForLocalDev(
    { projectSourceDir: source, platformVersion, accountId: 0 },
    { skipValidation: true },
  );
  const problems = skippedHsMetaFiles.map((file) => `${file}: in the wrong folder`);
  if (platformVersion !== '2026.03') problems.push(`platform ${platformVersion}`);
  for (const node of Object.values(intermediateRepresentation.intermediateNodesIndexedByUid)) {
    const meta: unknown = JSON.parse(await readFile(path.join(source, node.metaFilePath), 'utf8'));
    const file = fileSchema.safeParse(meta);
    if (!file.success) problems.push(`${node.uid}: ${z.prettifyError(file.error)}`);
    const checked = schemas[node.componentType]?.safeParse(node.config);
    if (!checked?.success)
      problems.push(`${node.uid}: ${checked ? z.prettifyError(checked.error) : 'unknown kind'}`);
    const { entrypoint } = z.object({ entrypoint: words.optional() }).parse(node.config);
    if (entrypoint && !existsSync(path.join(source, entrypoint)))
      problems.push(`${node.uid}: no ${entrypoint}`);
  }
  return problems;
}

const configOf = <T>(file: string, schema: z.ZodType<T>): T =>
  z.object({ config: schema }).parse(JSON.parse(readFileSync(path.join(project, 'src/app', file), 'utf8')))
    .config;

const copies: string[] = [];
afterEach(() => Promise.all(copies.splice(0).map((copy) => rm(copy, { recursive: true }))));

/** A copy of the project with one file changed by `edit`. */
async function spoiled(file: string, edit: (text: string) => string, as = file): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), 'payside-project-'));
  copies.push(copy);
  for (const part of ['hsproject.json', 'src']) {
    const filter = (from: string) => !from.includes('node_modules');
    await cp(path.join(project, part), path.join(copy, part), { recursive: true, filter });
  }
  const text = edit(await readFile(path.join(copy, file), 'utf8'));
  if (as !== file) await rm(path.join(copy, file));
  await writeFile(path.join(copy, as), text);
  return copy;
}

test('the project has no fault HubSpot or we know of', async () => {
  expect(await problemsOf(project)).toEqual([]);
});

test.each([
  [
    'a card without its script',
    'src/app/cards/payments-tab-hsmeta.json',
    (text: string) => text.replace('PaymentsTab.tsx', 'Gone.tsx'),
    'no /app/cards/Gone.tsx',
  ],
  [
    'two components with one uid',
    'src/app/cards/payments-tab-hsmeta.json',
    (text: string) => text.replace('payments_tab', 'payments_sidebar'),
    'uid',
  ],
  [
    'plain http for the connector',
    'src/app/app-hsmeta.json',
    (text: string) => text.replace('"fetch": ["https:', '"fetch": ["http:'),
    'fetch',
  ],
  [
    'a field HubSpot does not know',
    'src/app/app-hsmeta.json',
    (text: string) => text.replace('"uid"', '"colour": "red", "uid"'),
    'colour',
  ],
])('%s is noticed', async (_name, file, edit, words) => {
  const compact = (text: string) =>
    edit(JSON.stringify(JSON.parse(text)).replaceAll('":', '": ').replaceAll('": "', '": "'));
  const told = problemsOf(await spoiled(file, compact)).then(
    (problems) => problems.join('\n'),
    (error: unknown) => String(error),
  );
  expect(await told).toContain(words);
});

test('the app asks for exactly the scopes of the manifest', () => {
  const { auth } = configOf('app-hsmeta.json', appSchema);
  expect(auth.requiredScopes).toEqual(scopes.required);
  expect(auth.optionalScopes).toEqual(scopes.optional);
  expect(new Set([...scopes.required, ...scopes.optional]).size).toBe(
    scopes.required.length + scopes.optional.length,
  );
});

test('HubSpot tells what the manifest says it tells, at the door that takes it', () => {
  const { settings, subscriptions } = configOf('webhooks/webhooks-hsmeta.json', webhooksSchema);
  const [fetched] = configOf('app-hsmeta.json', appSchema).permittedUrls.fetch;
  expect(settings.targetUrl).toBe(`${fetched}/webhooks/hubspot`);
  expect(subscriptions.hubEvents.map(({ subscriptionType }) => subscriptionType)).toEqual(told);
});

test.each(['payments-tab', 'payments-sidebar'])(
  'the app may read every object the card %s stands on',
  (card) => {
    for (const objectType of configOf(`cards/${card}-hsmeta.json`, cardSchema).objectTypes)
      expect(scopes.required).toContain(`crm.objects.${objectType}.read`);
  },
);

test('the sample profile points the cards at the address the app may fetch', () => {
  const { variables } = z
    .object({ variables: z.object({ CONNECTOR_URL: httpsUrl }) })
    .parse(JSON.parse(readFileSync(path.join(project, 'src/hsprofile.dev.json.example'), 'utf8')));
  const { permittedUrls, auth } = configOf('app-hsmeta.json', appSchema);
  expect(permittedUrls.fetch).toEqual([variables.CONNECTOR_URL]);
  expect(auth.redirectUrls).toContain(`${variables.CONNECTOR_URL}/oauth/hubspot/callback`);
});
