// One card on the page: its worker, the channel between them, and what the card may ask for.
import { createRemoteReceiver, RemoteRenderer } from '@remote-ui/react/host';
import { createEndpoint, fromWebWorker } from '@remote-ui/rpc';
import { Component, useEffect, useMemo, useState, type ReactNode } from 'react';
import { act } from './actions.tsx';
import type { CardContext, CardData, CardFetch, PageApi, PageData, WorkerApi } from './bridge.ts';
import { createOverlays, OverlaysOf, type Overlays } from './overlays.tsx';
import { getJson, postJson } from './page-fetch.ts';
import { controller } from './registry.tsx';

const changes = new Set<() => void>();

/** Tells every card that the record changed. */
export const tellCards = (): void => changes.forEach((tell) => tell());

export function CardFrame({ card, page }: { card: CardData; page: PageData }) {
  const receiver = useMemo(() => createRemoteReceiver(), []);
  const overlays = useMemo(createOverlays, []);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const worker = new Worker('/_host/worker.js', { name: card.uid });
    const endpoint = createEndpoint<WorkerApi>(fromWebWorker(worker), {
      callable: ['start', 'recordChanged'],
    });
    endpoint.expose(pageApi(page, overlays));
    const fail = (error: unknown) => setProblem(error instanceof Error ? error.message : String(error));
    worker.addEventListener('error', (event) => fail(event.message));
    const script = `${location.origin}/_host/cards/${encodeURIComponent(card.uid)}`;
    endpoint.call.start(receiver.receive, script, contextOf(card, page)).catch(fail);
    const tell = () => void endpoint.call.recordChanged();
    changes.add(tell);
    return () => {
      changes.delete(tell);
      worker.terminate();
    };
  }, []);
  return (
    <section className="panel-card card" aria-label={labelOf(card)} data-card={card.uid}>
      <h2>{card.title}</h2>
      {problem === undefined ? (
        <Fence onError={setProblem}>
          <OverlaysOf value={overlays}>
            <RemoteRenderer receiver={receiver} controller={controller} />
          </OverlaysOf>
        </Fence>
      ) : (
        <p role="alert" data-card-error={card.uid}>
          This card failed: {problem}
        </p>
      )}
    </section>
  );
}

/** An app may give the cards of both columns one title; a landmark's name must tell them apart. */
const labelOf = ({ title, location }: CardData): string =>
  location === 'crm.record.sidebar' ? `${title}, sidebar` : title;

type FenceProps = { children: ReactNode; onError: (message: string) => void };

/** A card that cannot be drawn must not take the page with it. */
class Fence extends Component<FenceProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  override componentDidCatch(error: Error): void {
    this.props.onError(error.message);
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}

function contextOf(card: CardData, { record, portal, user, app, variables }: PageData): CardContext {
  const { permissions = [], locale = 'en', ...person } = user;
  return {
    location: card.location,
    ...(record ? { crm: { objectId: Number(record.view.id), objectTypeId: record.typeId } } : {}),
    portal: { id: portal.id, timezone: portal.timezone },
    user: { ...person, emails: [user.email], roles: [], teams: [], permissions, locale, language: locale },
    extension: { appId: app.id, appName: app.name, cardTitle: card.title },
    variables,
  };
}

const log: PageApi['log'] = (level, message) => {
  const write = { debug: console.debug, info: console.info, warn: console.warn, error: console.error }[level];
  (write ?? console.log)('[card]', message);
};

function pageApi(page: PageData, { reactions }: Overlays): PageApi {
  const base = `/_host/${page.portal.id}`;
  const here = page.record ? `${base}/${page.record.typeId}/${page.record.view.id}` : undefined;
  const list = (names: string[] = []) => names.map(encodeURIComponent).join(',');
  const needed = (): string => {
    if (here === undefined) throw new Error('this card does not stand on a record');
    return here;
  };
  return {
    hsFetch: (url, options) => hsFetch(page, url, options),
    act: (name, args) => act(reactions, name, args),
    crmProperties: (names) => getJson(`${needed()}/properties?names=${list(names)}`),
    associations: ({ toObjectType, properties, pageLength = 10, offset = 0 }) =>
      getJson(
        `${needed()}/associations/${encodeURIComponent(toObjectType)}?names=${list(properties)}&limit=${pageLength}&offset=${offset}`,
      ),
    crmSearch: ({ objectType, pageLength = 10, ...search }) =>
      postJson(`${base}/${encodeURIComponent(objectType)}/search`, { ...search, limit: pageLength }),
    log,
  };
}

/** The proxy adds identity and signature; the page only says which user is signed in. */
async function hsFetch(page: PageData, url: string, { timeoutMs, ...options }: CardFetch) {
  const response = await fetch('/_host/proxy', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      portalId: page.portal.id,
      userId: page.user.id,
      url,
      ...options,
      ...(timeoutMs === undefined ? {} : { timeoutMs: Math.min(timeoutMs, 15_000) }),
    }),
  });
  const type = response.headers.get('content-type') ?? 'application/json';
  return { status: response.status, type, body: await response.text() };
}
