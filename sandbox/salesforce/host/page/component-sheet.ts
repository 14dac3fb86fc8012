// Lightning's own style sheet reaches into every component; here each gets it as it opens.
export function adoptSheet(text: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function attach(this: Element, init: ShadowRootInit): ShadowRoot {
    const root = attachShadow.call(this, init);
    if (this.localName.startsWith('c-') || this.localName === 'lightning-modal')
      root.adoptedStyleSheets.unshift(sheet);
    return root;
  };
}
