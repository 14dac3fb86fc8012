// `PaysideController` as the stand-in plays it: Apex cannot run here, so the same doors lead to the same paths.
import { z } from 'zod';
import { callout } from './apex.ts';
import { tableOf, type Org, type World } from './world.ts';

type Caller = { world: World; org: Org; userId: string };

const SERVED = ['Contact', 'Account', 'Opportunity'];
const PAGES: Record<string, string> = {
  settings: '/api/v1/settings',
  unmatched: '/api/v1/unmatched',
  finance: '/api/v1/finance',
};
const CHANGES: Record<string, string> = {
  settings: '/api/v1/settings',
  'other-crm': '/api/v1/settings/other-crm',
};

const refusal = (code: string, message: string, retry: string): string =>
  JSON.stringify({ ok: false, code, message, retry });
const invalid = (): string => refusal('request_invalid', 'The request was not understood.', 'never');
const hidden = (): string =>
  refusal('record_not_found', 'This record was not found, or it is not shared with you.', 'never');

const shapes = {
  view: z.object({ recordId: z.string(), next: z.string().nullable() }),
  operate: z.object({ recordId: z.string(), kind: z.string(), body: z.string() }),
  operation: z.object({ operationId: z.string() }),
  read: z.object({ name: z.string() }),
  save: z.object({ name: z.string(), body: z.string() }),
};

/** @returns what the method returns; undefined where Apex has no such method */
export async function controller(
  caller: Caller,
  method: string,
  params: unknown,
): Promise<string | undefined> {
  const methods: Record<string, () => Promise<string> | string> = {
    view: () => view(caller, shapes.view.parse(params)),
    operate: () => operate(caller, shapes.operate.parse(params)),
    operation: () => get(caller, `/api/v1/operations/${shapes.operation.parse(params).operationId}`),
    read: () => {
      const path = PAGES[shapes.read.parse(params).name];
      return path ? get(caller, path) : invalid();
    },
    save: () => {
      const { name, body } = shapes.save.parse(params);
      const path = CHANGES[name];
      return path ? post(caller, path, body) : invalid();
    },
    eventChannel: () => `/event/${prefix(caller.org)}Payside_Update__e`,
  };
  return methods[method]?.();
}

const prefix = ({ seed: { namespace } }: Org): string => (namespace === undefined ? '' : `${namespace}__`);

/** Read as the user first: whoever may not see a record is not told what it owes. */
function pathTo({ org, userId }: Caller, recordId: string): string | undefined {
  if (org.unseen.has(`${userId} ${recordId}`)) return undefined;
  const type = SERVED.find((name) => tableOf(org, name).has(recordId));
  return type && `/api/v1/records/${type}/${recordId}`;
}

function view(caller: Caller, { recordId, next }: z.infer<typeof shapes.view>): Promise<string> | string {
  const path = pathTo(caller, recordId);
  if (!path) return hidden();
  return seen(caller, next ? `${path}?cursor=${encodeURIComponent(next)}` : path);
}

/** What every org was told last, by whom and what was asked. */
const told = new WeakMap<Org, Map<string, string>>();

/** With the card frozen, it is told what it was told before, for ever. */
async function seen(caller: Caller, path: string): Promise<string> {
  const { world, org, userId } = caller;
  const before = told.get(org) ?? new Map<string, string>();
  told.set(org, before);
  const key = `${userId} ${path}`;
  const isFrozen = (world.faults.armed()['frozen-card']?.count ?? 0) > 0;
  const answer = (isFrozen ? before.get(key) : undefined) ?? (await get(caller, path));
  before.set(key, answer);
  return answer;
}

function operate(
  caller: Caller,
  { recordId, kind, body }: z.infer<typeof shapes.operate>,
): Promise<string> | string {
  const path = pathTo(caller, recordId);
  return path ? post(caller, `${path}/operations/${kind}`, body) : hidden();
}

const get = (caller: Caller, path: string): Promise<string> => call(caller, 'GET', path);
const post = (caller: Caller, path: string, body: string): Promise<string> =>
  call(caller, 'POST', path, JSON.parse(body));

/** The connector speaks JSON, also when it refuses; silence and anything else is from something between. */
async function call(
  { world, org, userId }: Caller,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<string> {
  const sent = body === undefined ? {} : { body };
  const answer = await callout(world, org, { userId, method, path, ...sent }).catch(() => undefined);
  const isAnswer = answer?.body.startsWith('{"ok":');
  if (answer && isAnswer) return answer.body;
  const why = answer ? ` (HTTP ${answer.status})` : '';
  return refusal(
    'connector_unreachable',
    `Payside could not be reached. Try again in a minute; nothing is done twice.${why}`,
    'later',
  );
}
