// HubSpot's dated paths and the older paths of the same shape that its API client knows.

export type Twin = {
  dated: RegExp;
  /** Replacement that makes the older path. */
  older: string;
  source: string;
};

const DOCS = 'https://developers.hubspot.com/docs/api-reference/2026-03/crm';

/**
 * The client has no dated path at all. That the shapes are the same is our assumption; a dated path that is not listed is
 * refused. A row is added only for what HubSpot documents; the first match wins.
 */
export const TWINS: readonly Twin[] = [
  {
    dated: /^\/crm\/objects\/2026-03\/([^/]+)\/([^/]+)\/associations\//,
    older: '/crm/v4/objects/$1/$2/associations/',
    source: `${DOCS}/associations`,
  },
  { dated: /^\/crm\/objects\/2026-03\//, older: '/crm/v3/objects/', source: `${DOCS}/objects` },
  {
    dated: /^\/crm\/associations\/2026-03\//,
    older: '/crm/v4/associations/',
    source: `${DOCS}/associations`,
  },
  { dated: /^\/crm\/properties\/2026-03\//, older: '/crm/v3/properties/', source: `${DOCS}/properties` },
  { dated: /^\/crm\/pipelines\/2026-03\//, older: '/crm/v3/pipelines/', source: `${DOCS}/pipelines` },
  { dated: /^\/crm\/owners\/2026-03(?=\/|$)/, older: '/crm/v3/owners', source: `${DOCS}/owners/get-owners` },
];

const DATED = /\/20\d\d-\d\d(-beta)?(\/|$)/;

/** The older path to judge a path by; undefined for a dated path without a twin, the path itself when it is not dated. */
export function olderPath(path: string): string | undefined {
  if (!DATED.test(path)) return path;
  const twin = TWINS.find((row) => row.dated.test(path));
  return twin && path.replace(twin.dated, twin.older);
}
