// Runs inside a card's Web Worker: supplies the globals that a built card expects, then loads and draws it.
import * as RemoteUI from '@remote-ui/react';
import { createRemoteRoot } from '@remote-ui/core';
import { createEndpoint, retain, type MessageEndpoint } from '@remote-ui/rpc';
import * as React from 'react';
import type { CardContext, CardFetch, PageApi, Values, WorkerApi } from './bridge.ts';

type Card = (api: unknown) => React.ReactElement;
type Scope = MessageEndpoint & Record<string, unknown> & { importScripts(url: string): void };
type FetchOptions = { method?: string; body?: unknown; headers?: HeadersInit; timeout?: number };
type Watcher = { names: string[]; tell: (values: Values) => void; last: string };

const scope = globalThis as unknown as Scope;
const page = createEndpoint<PageApi>(scope, {
  callable: ['hsFetch', 'act', 'crmProperties', 'associations', 'crmSearch', 'log'],
});
const watchers = new Set<Watcher>();
let card: Card | undefined;

/** Cards reach the world by hubspot.fetch alone. */
const SWITCHED_OFF = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'indexedDB', 'caches'];

async function hsFetch(url: string | URL, options: FetchOptions = {}): Promise<Response> {
  const call: CardFetch = { method: options.method ?? 'GET' };
  if (options.headers) call.headers = Object.fromEntries(new Headers(options.headers));
  if (options.body !== undefined) call.body = options.body;
  if (options.timeout !== undefined) call.timeoutMs = options.timeout;
  const answer = await page.call.hsFetch(String(url), call);
  const hasBody = ![204, 205, 304].includes(answer.status);
  return new Response(hasBody ? answer.body : null, {
    status: answer.status,
    headers: { 'content-type': answer.type },
  });
}

/** Tells the callback about these properties whenever the record changes; answers how to stop. */
function watch(names: string[], tell: (values: Values) => void, first: Values = {}): () => void {
  const watcher = { names, tell, last: JSON.stringify(first) };
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

async function recordChanged(): Promise<void> {
  for (const watcher of watchers) {
    const values = await page.call.crmProperties(watcher.names);
    const text = JSON.stringify(values);
    if (text === watcher.last) continue;
    watcher.last = text;
    watcher.tell(values);
  }
}

const answerWith = (data: unknown, cleanup: () => void = () => undefined) => ({
  json: async () => ({ data, cleanup }),
});

function actionsFor(): object {
  const known: Record<string, unknown> = {
    fetchCrmObjectProperties: (names: string[] | '*') => page.call.crmProperties([names].flat()),
    onCrmPropertiesUpdate: (names: string[] | '*', tell: (values: Values) => void) =>
      void watch([names].flat(), tell),
  };
  return new Proxy(known, {
    get: (target, name) =>
      target[String(name)] ?? ((...args: unknown[]) => page.call.act(String(name), args)),
  });
}

function hookApi(context: CardContext, actions: object, api: object): object {
  return {
    useExtensionContext: () => context,
    useExtensionActions: () => actions,
    useExtensionApi: () => api,
    useAppPageLocation: () => ({ path: '/', params: {} }),
    fetchCrmProperties: async (names: string[], tell: (values: Values) => void) => {
      const values = await page.call.crmProperties(names);
      return answerWith(values, watch(names, tell, values));
    },
    fetchAssociations: async (request: never) => answerWith(await page.call.associations(request)),
    fetchCrmSearch: async (request: never) => answerWith(await page.call.crmSearch(request)),
    formatCrmProperties: async ({ properties }: { properties: Values }) => answerWith(properties),
  };
}

const level = (name: string) => [name, (message: unknown) => page.call.log(name, String(message))];

Object.assign(scope, {
  __HUBSPOT_EXTENSION_WORKER__: true,
  React,
  RemoteUI,
  hsFetch,
  extend_V2: (draw: Card) => void (card = draw),
  logger: Object.fromEntries(['debug', 'info', 'warn', 'error'].map(level)),
});
for (const name of SWITCHED_OFF) Object.defineProperty(scope, name, { value: undefined });

const api: WorkerApi = {
  recordChanged,
  async start(channel, script, context) {
    retain(channel);
    const actions = actionsFor();
    const extensionApi = {
      context,
      actions,
      runServerlessFunction: () => Promise.reject(new Error('serverless functions are not available')),
    };
    scope['hsWorkerAPI'] = hookApi(context, actions, extensionApi);
    scope.importScripts(script);
    if (!card) throw new Error('the card never called hubspot.extend()');
    const root = createRemoteRoot(channel, { strict: false });
    RemoteUI.createRoot(root).render(card(extensionApi));
    await root.mount();
  },
};
page.expose(api);
