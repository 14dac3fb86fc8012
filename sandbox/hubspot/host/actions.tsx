// What a card may do to the page: alerts, iframe dialogs, clipboard, reload; every deed is kept in window.__actions.
import { retain } from '@remote-ui/rpc';
import { useEffect, useSyncExternalStore } from 'react';
import { Dialog, type Reactions } from './overlays.tsx';

type Deed = { name: string; args: unknown[] };
type Alert = { id: number; type: string; title: string; message: string };
type Frame = { uri: string; width: number; height: number; title: string; onClose: (() => void) | undefined };

const deeds: Deed[] = [];
Object.assign(window, { __actions: deeds });

const ALERT_MS = 12_000;

let alerts: readonly Alert[] = [];
let frame: Frame | undefined;
let nextAlert = 1;
const listeners = new Set<() => void>();
let refresh: () => void = () => undefined;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const changed = (): void => listeners.forEach((listener) => listener());

/** Says what refreshObjectProperties does on this page. */
export const onRefresh = (work: () => void): void => void (refresh = work);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function addAlert(given: unknown): void {
  const { type, title, message } = fieldsOf(given);
  const alert = {
    id: nextAlert++,
    type: textOf(type) || 'info',
    title: textOf(title),
    message: textOf(message),
  };
  alerts = [...alerts, alert];
  changed();
  if (alert.type !== 'danger') setTimeout(() => dismiss(alert.id), ALERT_MS);
}

function dismiss(id: number): void {
  alerts = alerts.filter((alert) => alert.id !== id);
  changed();
}

function openFrame(given: unknown, onClose: unknown): void {
  const { uri, width, height, title } = fieldsOf(given);
  frame = {
    uri: textOf(uri),
    width: Number(width) || 600,
    height: Number(height) || 400,
    title: textOf(title) || 'Details',
    onClose: typeof onClose === 'function' ? () => void onClose() : undefined,
  };
  changed();
}

function closeFrame(): void {
  const closing = frame;
  frame = undefined;
  changed();
  closing?.onClose?.();
}

const DEEDS: Record<string, (...args: unknown[]) => unknown> = {
  addAlert,
  reloadPage: () => location.reload(),
  refreshObjectProperties: () => refresh(),
  copyTextToClipboard: (text) => navigator.clipboard.writeText(textOf(text)),
  openIframeModal: openFrame,
};

/** Does what a card asked for, and remembers it. */
export async function act(reactions: Reactions, name: string, args: unknown[]): Promise<void> {
  retain(args);
  deeds.push({ name, args: args.filter((arg) => typeof arg !== 'function') });
  if (name === 'closeOverlay') return reactions.closeModal(textOf(args[0]));
  const deed = DEEDS[name];
  if (!deed) throw new Error(`the record page has no action ${name}`);
  await deed(...args);
}

export function Alerts() {
  const shown = useSyncExternalStore(subscribe, () => alerts);
  return (
    <div className="toasts" aria-live="polite">
      {shown.map((alert) => (
        <div
          key={alert.id}
          role={alert.type === 'danger' ? 'alert' : 'status'}
          className={`alert ${alert.type}`}
        >
          <div>
            {alert.title && <strong>{alert.title}</strong>}
            <div>{alert.message}</div>
          </div>
          <button type="button" aria-label="Dismiss" onClick={() => dismiss(alert.id)}>
            <span aria-hidden="true">×</span>
          </button>
        </div>
      ))}
    </div>
  );
}

/** The framed page closes itself by posting {"action":"DONE"} or {"action":"CANCEL"}. */
export function FrameDialog() {
  const shown = useSyncExternalStore(subscribe, () => frame);
  useEffect(() => {
    const listen = (event: MessageEvent<unknown>) => {
      if (typeof event.data === 'string' && /"action"\s*:\s*"(DONE|CANCEL)"/.test(event.data)) closeFrame();
    };
    addEventListener('message', listen);
    return () => removeEventListener('message', listen);
  }, []);
  if (!shown) return null;
  return (
    <Dialog title={shown.title} className="modal frame" onClose={closeFrame}>
      <iframe title={shown.title} src={shown.uri} style={{ width: shown.width, height: shown.height }} />
    </Dialog>
  );
}
