// Where the rep of a demo works: all that differs between the CRMs, seen from the main job.
import type { Locator, Page } from 'playwright-core';
import type { AccountDefinition } from '../stripe/start.ts';
import type { StandIn } from '../stand-in/server.ts';
import type { World, WorldOptions } from '../world/world.ts';
import type { DemoOptions } from './demos.ts';

export type Desk = {
  /** As messages call it. */
  crm: 'HubSpot' | 'Salesforce';
  /** Before the names of its pictures. */
  prefix: string;
  /** What the documentation shows of it. */
  pictures: ReadonlySet<string>;
  /** The company's account at the gateway. */
  account(): AccountDefinition;
  seeds(
    place: string,
    options: DemoOptions,
  ): Promise<Pick<WorldOptions, 'portals' | 'cards'> & Partial<Pick<WorldOptions, 'orgs'>>>;
  standIn(world: World): StandIn;
  /** The deal that is invoiced. */
  recordId(world: World): string;
  recordUrl(world: World): string;
  /** An admin installs in the browser and connects the account's keys. */
  install(page: Page, world: World, account: AccountDefinition): Promise<void>;
  card(page: Page): Locator;
  /** Makes an invoice of the deal's own lines and copies its link. @returns the address of its pay page */
  invoice(page: Page): Promise<string>;
  /** What the record says of itself. */
  says(world: World): { status: string | undefined; owed: string | undefined };
  /** What else has to be told of the payment; null once it is. */
  missing(world: World): string | null;
  /** Goes on to other pages worth a picture. */
  showMore(
    page: Page,
    world: World,
    account: AccountDefinition,
    take: (name: string) => Promise<void>,
  ): Promise<void>;
  /** Parts of the card that the page could not draw. */
  unmapped(page: Page): Promise<number>;
};
