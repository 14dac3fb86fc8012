// The record page's three columns: the record's values on the left, tab cards in the middle, sidebar cards on the right.
import { useEffect, useRef, useState } from 'react';
import { onRefresh } from './actions.tsx';
import type { CardData, CardLocation, PageData, PropertyView, RecordView, RelatedView } from './bridge.ts';
import { CardFrame, tellCards } from './card-frame.tsx';
import { getJson } from './page-fetch.ts';

const REFRESH_MS = 1_500;

/** The record as it is now: asked for again and again, and at once when a card wants it. */
function useRecord(page: PageData): RecordView | undefined {
  const [view, setView] = useState(page.record?.view);
  const path = page.record && `/_host/${page.portal.id}/${page.record.typeId}/${page.record.view.id}`;
  const last = useRef(JSON.stringify(view));
  useEffect(() => {
    if (path === undefined) return undefined;
    const load = async () => {
      const next = await getJson<RecordView>(path).catch(() => undefined);
      const text = JSON.stringify(next);
      if (next === undefined || text === last.current) return;
      last.current = text;
      setView(next);
      tellCards();
    };
    onRefresh(() => void load());
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [path]);
  return view;
}

export function RecordPage({ page }: { page: PageData }) {
  const view = useRecord(page);
  if (!page.record || !view) return null;
  const at = (location: CardLocation) => page.cards.filter((card) => card.location === location);
  return (
    <main className="record">
      <div className="column left">
        <section className="panel-card identity">
          <span className="avatar" aria-hidden="true">
            {view.name.slice(0, 1).toUpperCase()}
          </span>
          <div>
            <h1>{view.name}</h1>
            <span className="hint">
              {page.record.singular} · {view.id}
            </span>
          </div>
        </section>
        <Properties title={`About this ${page.record.singular}`} properties={view.about} />
        {view.ours.length > 0 && <Properties title="Payside" properties={view.ours} />}
      </div>
      <div className="column middle">
        <Cards cards={at('crm.record.tab')} page={page} />
      </div>
      <div className="column right">
        <Cards cards={at('crm.record.sidebar')} page={page} />
        {view.related.map((group) => (
          <Related key={group.title} group={group} page={page} />
        ))}
      </div>
    </main>
  );
}

export const Cards = ({ cards, page }: { cards: CardData[]; page: PageData }) => (
  <>
    {cards.map((card) => (
      <CardFrame key={card.uid} card={card} page={page} />
    ))}
  </>
);

const Properties = ({ title, properties }: { title: string; properties: PropertyView[] }) => (
  <section className="panel-card">
    <h2>{title}</h2>
    <dl className="properties">
      {properties.map((property) => (
        <Property key={property.name} property={property} />
      ))}
    </dl>
  </section>
);

function Property({ property }: { property: PropertyView }) {
  const { name, label, value, shown } = property;
  const isLink = /^https?:\/\//.test(value);
  const first = useRef(value);
  return (
    <div data-property={name} data-value={value}>
      <dt>{label}</dt>
      {/* The key draws the value anew when it changes, which plays its short highlight. */}
      <dd key={value} className={value === first.current ? '' : 'fresh'}>
        {isLink ? (
          <a href={value} target="_blank" rel="noreferrer">
            {shown}
          </a>
        ) : (
          shown
        )}
      </dd>
    </div>
  );
}

const Related = ({ group, page }: { group: RelatedView; page: PageData }) => (
  <section className="panel-card">
    <h2>
      {group.title} ({group.items.length})
    </h2>
    <ul className="related">
      {group.items.map((item) => (
        <li key={item.id}>
          {item.hasPage ? (
            <a href={`/contacts/${page.portal.id}/record/${item.typeId}/${item.id}?user=${page.user.id}`}>
              {item.name}
            </a>
          ) : (
            item.name
          )}
        </li>
      ))}
    </ul>
  </section>
);
