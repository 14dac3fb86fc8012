// Puts a component of the package into the page, as a page builder would.
import { createElement, type LightningElement } from 'lwc';

export type Components = Record<string, typeof LightningElement>;

const tagOf = (name: string): string =>
  `c-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export function mount(
  place: HTMLElement,
  components: Components,
  name: string,
  properties: Record<string, string>,
): HTMLElement {
  const component = components[name];
  if (!component) throw new Error(`the package has no component ${name}`);
  const made = createElement(tagOf(name), { is: component });
  Object.assign(made, properties);
  place.append(made);
  return made;
}
