// Sorts requests into the few classes that metrics count: never a path, which would carry ids and tokens.

const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^\/webhooks\//, 'webhook'],
  [/^\/api\/v1\/records\/[^/]+\/[^/]+\/operations\//, 'operation'],
  [/^\/api\/v1\//, 'card'],
  [/^\/(?:pay|portal)\//, 'pay'],
  [/^\/(?:install|oauth|connect|admin)(?:\/|$)/, 'admin'],
  [/^\/(?:healthz|readyz|openapi\.json)$/, 'health'],
];

export function routeClass(url: string): string {
  const path = url.split('?')[0] ?? '';
  return CLASSES.find(([pattern]) => pattern.test(path))?.[1] ?? 'other';
}
