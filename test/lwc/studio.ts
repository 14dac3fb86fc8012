// The Lightning-like page for the components' tests: real components in a browser, and Apex that holds requests to the contract.
import type { Browser, Page, Route } from 'playwright-core';
import { z } from 'zod';
import { launchBrowser } from '../../sandbox/world/browser.ts';
import { operationKindSchema, type OperationKind } from '../../src/views/card-schema.ts';
import { operationRequests } from '../../src/views/operation-requests.ts';
import { ORG, startRig, type Rig } from '../sandbox/salesforce-rig.ts';
import type { OrgSeed } from '../../sandbox/salesforce/start.ts';

export type Body = Record<string, unknown> & { operationId: string };

export type Handlers = {
  view?: (next: string | null, recordId: string) => unknown;
  start?: (kind: OperationKind, body: Body) => unknown;
  operation?: (operationId: string) => unknown;
  read?: (name: string) => unknown;
  save?: (name: string, body: Body) => unknown;
};

/** Thrown away by Apex: no answer of the connector's own. */
export const NO_ANSWER = Symbol('no answer');

export type Seen = { method: string; params: Record<string, unknown> };

/** Wide enough for tables, and for tiles. */
export const WIDE = { width: 940, height: 1000 };
export const NARROW = { width: 390, height: 844 };

export type Studio = {
  rig: Rig;
  browser: Browser;
  /** Opens a record's page; Apex is answered by the handlers. */
  open: (handlers: Handlers, options?: OpenOptions) => Promise<Opened>;
  close: () => Promise<void>;
};

export type OpenOptions = {
  size?: { width: number; height: number };
  /** Address below the stand-in; the contact's page when left out. */
  path?: string;
  /** False: the org has no subscriber to spare. */
  hasEvents?: boolean;
  user?: string;
};

export type Opened = {
  page: Page;
  seen: Seen[];
  /** How often a method of Apex was called. */
  count: (method: string) => number;
  /** Lets time pass for whoever waits in the page. */
  pass: (ms: number) => Promise<void>;
};

const shapes: Record<string, z.ZodType<Record<string, unknown>>> = {
  view: z.strictObject({ recordId: z.string().length(18), next: z.string().nullable() }),
  operate: z.strictObject({ recordId: z.string().length(18), kind: operationKindSchema, body: z.string() }),
  operation: z.strictObject({ operationId: z.uuid() }),
  read: z.strictObject({ name: z.string() }),
  save: z.strictObject({ name: z.string(), body: z.string() }),
  eventChannel: z.strictObject({}),
};

function answerTo(handlers: Handlers, method: string, params: Record<string, unknown>): unknown {
  const text = (name: string): string => String(params[name]);
  const ways: Record<string, () => unknown> = {
    view: () => handlers.view?.(params['next'] === null ? null : text('next'), text('recordId')),
    operate: () => {
      const kind = operationKindSchema.parse(params['kind']);
      const body = operationRequests[kind].parse(JSON.parse(text('body')));
      return handlers.start?.(kind, body as Body);
    },
    operation: () => handlers.operation?.(text('operationId')),
    read: () => handlers.read?.(text('name')),
    save: () => handlers.save?.(text('name'), JSON.parse(text('body')) as Body),
  };
  return ways[method]?.();
}

async function answer(route: Route, handlers: Handlers, seen: Seen[]): Promise<void> {
  const method = /PaysideController\.(\w+)/.exec(route.request().url())?.[1] ?? '';
  if (method === 'eventChannel') return route.fallback();
  const params = shapes[method]?.parse(JSON.parse(route.request().postData() ?? '{}')) ?? {};
  seen.push({ method, params });
  const found = await answerTo(handlers, method, params);
  if (found === NO_ANSWER) return route.fulfill({ status: 500, json: { message: 'Read timed out' } });
  return route.fulfill({ json: { returnValue: JSON.stringify(found) } });
}

/** Waiting in the page ends when a test says that its time has passed. */
const OWN_TIME = `{
  let now = 0;
  let waits = [];
  AbortSignal.timeout = (ms) => {
    const control = new AbortController();
    waits.push({ at: now + ms, control });
    return control.signal;
  };
  window.passTime = (ms) => {
    now += ms;
    const due = waits.filter(({ at }) => at <= now);
    waits = waits.filter(({ at }) => at > now);
    for (const { control } of due) control.abort();
  };
}`;

export async function openStudio(change: Partial<OrgSeed> = {}): Promise<Studio> {
  const rig = await startRig(change);
  const browser = await launchBrowser();
  return {
    rig,
    browser,
    open: (handlers, options = {}) => openPage(rig, browser, handlers, options),
    async close() {
      await browser.close();
      await rig.close();
    },
  };
}

export const contactPath = (rig: Rig): string =>
  `/lightning/r/Contact/${rig.salesforce.org(ORG).ref('ada')}/view`;

async function openPage(
  rig: Rig,
  browser: Browser,
  handlers: Handlers,
  { size = WIDE, path = contactPath(rig), hasEvents = true, user }: OpenOptions,
): Promise<Opened> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ viewport: size, permissions });
  const page = await context.newPage();
  const seen: Seen[] = [];
  await page.addInitScript(OWN_TIME);
  await page.route('**/_host/controller/**', (route) => answer(route, handlers, seen));
  const events = hasEvents ? {} : { events: 'none' };
  const query = new URLSearchParams({ org: ORG, ...(user === undefined ? {} : { user }), ...events });
  await page.goto(`${rig.salesforce.url}${path}?${query}`);
  return {
    page,
    seen,
    count: (method) => seen.filter((one) => one.method === method).length,
    pass: async (ms) => {
      await page.evaluate(`passTime(${ms})`);
    },
  };
}
