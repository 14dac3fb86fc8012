// `lightning/empApi`: platform events of the org, asked for in turn in place of a subscription.
import { hostPath, pageData } from './page-data.ts';

type Message = { channel: string; data: { payload: Record<string, unknown> } };
type Subscription = { id: string; channel: string };

const EVERY_MS = 400;

const open = new Set<Subscription>();

type Answer = { events: { type: string; fields: Record<string, unknown> }[]; next: number };

async function read(after: number | undefined): Promise<Answer> {
  const response = await fetch(
    hostPath('/_host/events', after === undefined ? {} : { after: String(after) }),
  );
  return (await response.json()) as Answer;
}

export const isEmpEnabled = async (): Promise<boolean> => pageData().hasEvents;

/** `replayId` -1: only what is published from now on. */
export async function subscribe(
  channel: string,
  _replayId: number,
  onMessage: (message: Message) => void,
): Promise<Subscription> {
  const subscription = { id: crypto.randomUUID(), channel };
  open.add(subscription);
  let { next } = await read(undefined);
  const look = async (): Promise<void> => {
    if (!open.has(subscription)) return;
    const answer = await read(next).catch(() => undefined);
    for (const { type, fields } of answer?.events ?? [])
      if (channel === `/event/${type}` && open.has(subscription))
        onMessage({ channel, data: { payload: fields } });
    next = answer?.next ?? next;
    setTimeout(() => void look(), EVERY_MS);
  };
  void look();
  return subscription;
}

export async function unsubscribe(subscription: Subscription, done: (answer: object) => void): Promise<void> {
  open.delete(subscription);
  done({ successful: true });
}

export const onError = (): void => undefined;
