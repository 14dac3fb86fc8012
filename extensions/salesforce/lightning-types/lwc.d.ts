// The component model as far as our components use it; the engine's own types are not made for JavaScript classes.
declare module 'lwc' {
  type Decorate = (value: unknown, context: DecoratorContext) => void;
  export const api: Decorate;
  export function wire(adapter: (config: object) => void, config: object): Decorate;
  export class LightningElement {
    readonly template: ShadowRoot;
    dispatchEvent(event: Event): boolean;
  }
  export function createElement(tag: string, options: { is: typeof LightningElement }): HTMLElement;
}
