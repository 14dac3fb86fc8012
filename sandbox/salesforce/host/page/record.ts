// A record's page: highlights with quick actions, details, relatives, and the components beside them.
import { hostPath } from '../platform/page-data.ts';
import { element } from './dom.ts';
import { mount, type Components } from './mount.ts';
import type { Content, FieldView, QuickAction, RecordView } from './page-types.ts';

type RecordContent = Extract<Content, { kind: 'record' }>;
type Draw = (place: HTMLElement) => void;

export function drawRecord(main: HTMLElement, components: Components, content: RecordContent): void {
  const { record, regions } = content;
  const details = element('section', { class: 'panel', 'aria-label': 'Details' });
  drawDetails(details, record);
  keepFresh(details, record);
  const parts: Record<string, Draw> = {
    'force:highlightsPanel': (place) => place.append(highlights(components, content)),
    'force:detailPanel': (place) => place.append(details),
  };
  const shown = Object.keys(regions).length > 0 ? regions : PLAIN;
  for (const [name, names] of Object.entries(shown)) {
    const region = element('div', { class: `region ${name}` });
    main.append(region);
    for (const part of names) {
      const draw = parts[part];
      if (draw) draw(region);
      else mount(region, components, part, { recordId: record.id, objectApiName: record.type });
    }
  }
  main.classList.add('record');
}

/** Of objects for which the package has no page. */
const PLAIN = { header: ['force:highlightsPanel'], main: ['force:detailPanel'] };

function highlights(components: Components, { record, actions }: RecordContent): HTMLElement {
  const buttons = actions.map((action) => {
    const button = element('button', { type: 'button', class: 'action' }, action.label);
    button.addEventListener('click', () => open(components, action, record));
    return button;
  });
  return element(
    'section',
    { class: 'panel highlights', 'aria-label': 'Highlights' },
    element('p', { class: 'muted' }, record.type.replaceAll('_', ' ').replace(/ c$/, '')),
    element('h1', {}, record.name),
    element('div', { class: 'buttons' }, ...buttons),
  );
}

/** A screen action opens above the page and closes when it says so. */
function open(components: Components, action: QuickAction, record: RecordView): void {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', action.label);
  dialog.addEventListener('lightning__actionsclosescreen', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  mount(dialog, components, action.component, { recordId: record.id, objectApiName: record.type });
  dialog.showModal();
}

function drawDetails(place: HTMLElement, { about, ours, related }: RecordView): void {
  const parts = [group('About', about)];
  if (ours.length > 0) parts.push(group('Payside', ours));
  for (const { title, items } of related) {
    const links = items.map(({ name, href }) => element('li', {}, element('a', { href }, name)));
    parts.push(
      element('h2', {}, `${title} (${items.length})`),
      element('ul', { class: 'related' }, ...links),
    );
  }
  place.replaceChildren(...parts);
}

function group(title: string, fields: FieldView[]): HTMLElement {
  const rows = fields.map(({ label, name, shown, href }) => {
    const value = href ? element('a', { href }, shown) : shown;
    return element('div', { 'data-field': name }, element('dt', {}, label), element('dd', {}, value));
  });
  return element('div', {}, element('h2', {}, title), element('dl', { class: 'fields' }, ...rows));
}

const EVERY_MS = 2000;

/** Lightning reads a record again when a component says so; here also by itself, as a person would reload. */
function keepFresh(place: HTMLElement, record: RecordView): void {
  const read = async (): Promise<void> => {
    const response = await fetch(hostPath(`/_host/record/${record.type}/${record.id}`)).catch(
      () => undefined,
    );
    if (response?.ok) drawDetails(place, (await response.json()) as RecordView);
  };
  document.addEventListener('host__records', () => void read());
  document.addEventListener('lightning__refresh', () => void read());
  setInterval(() => void read(), EVERY_MS);
}
