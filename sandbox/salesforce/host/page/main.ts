// Draws the Lightning-like page: its frame, what it shows, and the package's components in their places.
import { pageData } from '../platform/page-data.ts';
import { element } from './dom.ts';
import { drawFrame } from './frame.ts';
import { mount, type Components } from './mount.ts';
import { drawRecord } from './record.ts';
import { keepAddresses } from './links.ts';
import { showToasts } from './toasts.ts';

export function start(components: Components): void {
  const { content } = pageData();
  const main = drawFrame();
  showToasts();
  keepAddresses();
  if (content.kind === 'record') drawRecord(main, components, content);
  else if (content.kind === 'list') drawList(main, content.list);
  else drawApp(main, components, content);
}

type App = { title: string; components: string[] };

function drawApp(main: HTMLElement, components: Components, { title, components: names }: App): void {
  main.append(element('h1', { class: 'assistive' }, title));
  for (const name of names) mount(main, components, name, {});
}

function drawList(main: HTMLElement, { title, rows }: { title: string; rows: Row[] }): void {
  const items = rows.map(({ name, detail, href }) =>
    element('li', {}, element('a', { href }, name), element('span', { class: 'muted' }, detail)),
  );
  main.append(element('h1', {}, title), element('ul', { class: 'list' }, ...items));
}

type Row = { name: string; detail: string; href: string };
