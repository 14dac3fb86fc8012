// What the page and the card's worker say to each other, and the page's data as its script sees it.
import type { RemoteChannel } from '@remote-ui/core';

export type CardLocation = 'crm.record.tab' | 'crm.record.sidebar' | 'settings' | 'home';

export type CardContext = {
  location: CardLocation;
  crm?: { objectId: number; objectTypeId: string };
  portal: { id: number; timezone: string };
  user: Record<string, unknown>;
  extension: { appId: number; appName: string; cardTitle: string };
  variables: Record<string, string | number | boolean>;
};

export type Values = Record<string, string | null>;

export type CardFetch = {
  method: string;
  headers?: Record<string, string>;
  body?: unknown;
  timeoutMs?: number;
};

/** What a card's worker may ask of the page. */
export type PageApi = {
  hsFetch(url: string, options: CardFetch): Promise<{ status: number; type: string; body: string }>;
  act(name: string, args: unknown[]): Promise<void>;
  crmProperties(names: string[]): Promise<Values>;
  associations(request: AssociationsRequest): Promise<unknown>;
  crmSearch(request: SearchRequest): Promise<unknown>;
  log(level: string, message: string): void;
};

/** What the page may ask of a card's worker. */
export type WorkerApi = {
  start(channel: RemoteChannel, script: string, context: CardContext): Promise<void>;
  recordChanged(): Promise<void>;
};

export type AssociationsRequest = {
  toObjectType: string;
  properties?: string[];
  pageLength?: number;
  offset?: number;
};

export type SearchRequest = {
  objectType: string;
  properties?: string[];
  query?: string;
  filterGroups?: unknown[];
  sorts?: unknown[];
  pageLength?: number;
  after?: string;
};

export type PropertyView = { name: string; label: string; type: string; value: string; shown: string };
export type RelatedView = {
  title: string;
  items: { id: string; name: string; typeId: string; hasPage: boolean }[];
};
export type RecordView = {
  id: string;
  name: string;
  about: PropertyView[];
  ours: PropertyView[];
  related: RelatedView[];
};

export type CardData = { uid: string; title: string; location: CardLocation };

export type PageData = {
  portal: { id: number; name: string; timezone: string };
  user: {
    id: number;
    email: string;
    firstName: string;
    lastName: string;
    locale?: string;
    permissions?: string[];
  };
  users: { id: number; name: string }[];
  app: { id: number; name: string };
  variables: Record<string, string | number | boolean>;
  lists: { title: string; href: string }[];
  title: string;
  cards: CardData[];
  record?: { typeId: string; singular: string; view: RecordView };
  list?: { id: string; name: string; detail: string; href: string }[];
};
