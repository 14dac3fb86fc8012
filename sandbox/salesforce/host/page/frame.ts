// The frame of every page: whose org, who looks, where else to go.
import { pageData } from '../platform/page-data.ts';
import { element } from './dom.ts';

/** @returns the element for what the page shows */
export function drawFrame(): HTMLElement {
  const { org, tabs } = pageData();
  const header = element(
    'header',
    { class: 'global' },
    element('strong', {}, org.name),
    element('span', { class: 'label' }, 'Salesforce stand-in'),
    people(),
  );
  const links = tabs.map(({ title, href }) => element('a', { href }, title));
  const main = element('main', {});
  document.body.append(header, element('nav', { class: 'tabs', 'aria-label': 'App' }, ...links), main);
  return main;
}

function people(): HTMLElement {
  const { users, user } = pageData();
  const select = document.createElement('select');
  select.setAttribute('aria-label', 'Signed in as');
  for (const { id, name } of users) select.add(new Option(name, id, false, id === user.id));
  select.addEventListener('change', () => {
    const address = new URL(location.href);
    address.searchParams.set('user', select.value);
    location.assign(address);
  });
  return select;
}
