// The plain HTML frame of the sandbox's own pages.

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const text = (value: string): string =>
  value.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f5f6f8; color: #1f2d3d; }
  main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem; }
  section { background: #fff; border: 1px solid #dde3ea; border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0; overflow-wrap: anywhere; }
  h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
  form { display: inline-block; margin: .25rem .5rem .25rem 0; }
  button { font: inherit; min-height: 40px; padding: .4rem .8rem; border-radius: 8px; border: 1px solid #8896a6; background: #fff; cursor: pointer; }
  table { width: 100%; border-collapse: collapse; } td, th { text-align: start; padding: .4rem; border-bottom: 1px solid #e5eaf0; }
`;

export const markup = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${text(title)}</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>`;
