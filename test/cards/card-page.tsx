// A record page for the cards' tests: HubSpot's own renderer, and a connector that holds requests to the contract.
import { useState } from 'react';
import { afterEach, expect, vi } from 'vitest';
import {
  Button,
  Dropdown,
  Form,
  Input,
  LoadingButton,
  Modal,
  Select,
  Text,
  hubspot,
} from '@hubspot/ui-extensions';
import { createRenderer, type Renderer } from '@hubspot/ui-extensions/testing';
import { PaymentsCard } from '@payside/hubspot-ui';
import { operationKindSchema, type OperationKind } from '../../src/views/card-schema.ts';
import { operationRequests } from '../../src/views/operation-requests.ts';

export const CONNECTOR_URL = 'https://connector.payside.example';
export const recordUrl = `${CONNECTOR_URL}/api/v1/records/0-1/777`;

export type Seen = { method: string; url: string; body: unknown };
type Body = Record<string, unknown> & { operationId: string };

export type Handlers = {
  view?: (cursor: string | null) => unknown;
  start?: (kind: OperationKind, body: Body) => unknown;
  operation?: (operationId: string) => unknown;
};

/** Thrown by a handler: an HTTP status with no answer of the connector's own. */
export class Status {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

function answerTo(handlers: Handlers, url: URL, body: unknown): unknown {
  const operation = /\/operations\/([0-9a-f-]{36})$/.exec(url.pathname);
  if (operation) return handlers.operation?.(operation[1]!);
  const kind = /\/operations\/([a-z-]+)$/.exec(url.pathname);
  if (!kind) return handlers.view?.(url.searchParams.get('cursor'));
  const asked = operationKindSchema.parse(kind[1]);
  return handlers.start?.(asked, operationRequests[asked].parse(body));
}

/** Answers the card's requests; returns the list of what was asked so far. */
export function serveCard(handlers: Handlers): Seen[] {
  const seen: Seen[] = [];
  vi.spyOn(hubspot, 'fetch').mockImplementation(async (url, options = {}) => {
    expect(options.headers).toBeUndefined();
    const { method = 'GET', body } = options;
    seen.push({ method, url: String(url), body });
    const answer = await answerTo(handlers, new URL(url), body);
    if (answer instanceof Error) throw answer;
    if (answer instanceof Status) return new Response('{"status":"error"}', answer);
    return new Response(JSON.stringify(answer));
  });
  return seen;
}

export const posts = (seen: Seen[]): Seen[] => seen.filter(({ method }) => method === 'POST');

/** HubSpot's page around the card: `turnTo` shows another record in it, `close` takes the card away. */
export type Page = Renderer<'crm.record.tab'> & { turnTo: (recordId: number) => void; close: () => void };

let pages: Page[] = [];
afterEach(() => {
  for (const page of pages) page.close();
  pages = [];
});

export type PageOptions = {
  layout?: 'tab' | 'sidebar';
  variables?: Record<string, string>;
  objectTypeId?: string;
};

export function openCard(options: PageOptions = {}): Page {
  const { layout = 'tab', variables = { CONNECTOR_URL }, objectTypeId = '0-1' } = options;
  const renderer = createRenderer('crm.record.tab');
  const { context } = renderer.mocks;
  let show: (recordId: number | null) => void = () => undefined;
  const Host = () => {
    const [recordId, setRecordId] = useState<number | null>(777);
    show = setRecordId;
    if (recordId === null) return <Text>closed</Text>;
    Object.assign(context.crm, { objectId: recordId, objectTypeId });
    context.variables = variables;
    return <PaymentsCard layout={layout} />;
  };
  renderer.render(<Host />);
  const page = Object.assign(renderer, {
    turnTo: (recordId: number) => show(recordId),
    close: () => show(null),
  });
  pages.push(page);
  return page;
}

/** Opens the card and waits for its first figures. */
export async function openLoaded(options: PageOptions = {}): Promise<Page> {
  const page = openCard(options);
  await page.waitFor(() => page.findByTestId(Button, 'refresh'));
  return page;
}

/** The whole text on the page, dialogs included. */
export const textOf = (page: Page): string => page.getRootNode().toString();

type Trigger = { overlay?: unknown; onClick?: unknown };

/** A dialog as a person meets it: opened by its button or menu item, found again after each change. */
export function dialogOf(page: Page, name: string) {
  const trigger = () => {
    const named = [
      ...page.findAll(Button, ({ text }) => text === name),
      ...page.findAll(Dropdown.ButtonItem, ({ text }) => text === name),
    ];
    const found = named.find(({ props }) => (props as Trigger).overlay);
    if (!found) throw new Error(`Nothing opens “${name}”`);
    return found;
  };
  const modal = () => {
    const { overlay } = trigger().props as unknown as { overlay: Renderer<'crm.record.tab'> };
    return overlay.find(Modal);
  };
  return {
    modal,
    open: () => trigger().trigger('onClick' as never),
    text: () => modal().toString(),
    type: (label: string, value: string) =>
      modal()
        .find(Input, ({ props }) => props.label === label)
        .trigger('onInput', value as never),
    choose: (label: string, value: string) =>
      modal()
        .find(Select, ({ props }) => props.label === label)
        .trigger('onChange', value as never),
    submit: () =>
      modal()
        .find(Form)
        .trigger('onSubmit', {} as never),
    submitText: () => modal().maybeFind(LoadingButton)?.text ?? null,
    press: (text: string) =>
      modal()
        .find(Button, (node) => node.text === text)
        .trigger('onClick', {} as never),
    dismiss: () => modal().trigger('onClose'),
  };
}

/** Lets React finish what it has begun. */
export const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Passes faked time second by second, as a browser would: React gets its turn in between. */
export async function passSeconds(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    await settle();
    await settle();
  }
}
