// Types of what the connector sends and takes, of the card and of the pages.
export type * from './card-types.ts';
export type * from './page-types.ts';
