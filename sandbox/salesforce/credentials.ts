// External credentials: what a Named Credential sends is written by the app, and never read back.
import { z } from 'zod';
import type { StandInAnswer } from '../stand-in/server.ts';
import { jsonOf, type ApiCall } from './api.ts';
import { namespaced } from './package-metadata.ts';
import { Refusal } from './refusal.ts';
import type { ApiRoute } from './routes.ts';
import type { Org, World } from './world.ts';

const PATH = '/named-credentials/credential';

export const credentialRoutes: readonly ApiRoute[] = [
  { method: 'POST', path: PATH, handler: (call) => write(call, false) },
  { method: 'PUT', path: PATH, handler: (call) => write(call, true) },
];

const wishSchema = z.strictObject({
  externalCredential: z.string(),
  authenticationProtocol: z.literal('Custom'),
  principalName: z.string(),
  principalType: z.literal('NamedPrincipal'),
  credentials: z.record(z.string(), z.strictObject({ value: z.string().min(1), encrypted: z.literal(true) })),
});

/** POST makes what is not there, PUT replaces what is. */
function write(call: ApiCall, replaces: boolean): StandInAnswer {
  const wish = wishSchema.safeParse(jsonOf(call.request));
  if (!wish.success) throw new Refusal(400, 'INVALID_INPUT', wish.error.issues[0]?.message ?? 'invalid');
  const { externalCredential, principalName, credentials } = wish.data;
  const { org, world } = call;
  if (keyOf(world, org) !== `${externalCredential}/${principalName}`)
    throw new Refusal(404, 'NOT_FOUND', `No principal ${principalName} of ${externalCredential}`);
  const key = `${externalCredential}/${principalName}`;
  if (org.credentials.has(key) !== replaces)
    throw new Refusal(
      400,
      'INVALID_INPUT',
      replaces ? 'The credential does not exist' : 'The credential exists already',
    );
  org.credentials.set(
    key,
    Object.fromEntries(Object.entries(credentials).map(([name, { value }]) => [name, value])),
  );
  return {
    status: replaces ? 200 : 201,
    body: {
      externalCredential,
      principalName,
      principalType: 'NamedPrincipal',
      authenticationProtocol: 'Custom',
      authenticationStatus: 'Configured',
      credentials: Object.fromEntries(Object.keys(credentials).map((name) => [name, { encrypted: true }])),
    },
  };
}

/** The one principal there is, behind the name of its credential; undefined where the package is not installed. */
function keyOf({ packageCredential }: World, { seed }: Org): string | undefined {
  if (!(seed.packageInstalled ?? true)) return undefined;
  const name = namespaced(seed.namespace, `${packageCredential.name}__c`).replace(/__c$/, '');
  return `${name}/${packageCredential.principal}`;
}

/** The value a Named Credential puts into its header. */
export const credentialValue = (world: World, org: Org): string | undefined =>
  org.credentials.get(keyOf(world, org) ?? '')?.[world.packageCredential.parameter];
