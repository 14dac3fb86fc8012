// Stands in for Stripe's browser script: the same calls, with the fields in a frame of the stand-in. Sandbox only.

type ErrorBody = { type: string; code?: string; message: string };
type Intent = { id: string; object: string; status: string; client_secret: string };
export type Reply = Partial<Intent> & { error?: ErrorBody };
type Listener = (payload: object) => void;
type ElementsOptions = { clientSecret?: string; appearance?: object; locale?: string };
type StripeSettings = { stripeAccount?: string; locale?: string };
type ConfirmOptions = {
  elements?: Elements;
  clientSecret?: string;
  confirmParams?: { return_url?: string; setup_future_usage?: 'off_session' };
  redirect?: 'always' | 'if_required';
};
type Target = string | HTMLElement;

const script = document.currentScript;
const ORIGIN = new URL(script instanceof HTMLScriptElement ? script.src : location.href).origin;
let serial = 0;

class PaymentElement {
  readonly name = `__privateStripeFrame${++serial}`;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly waiting = new Map<number, (body: Reply) => void>();
  private readonly elements: Elements;
  private frame: HTMLIFrameElement | undefined;
  private questions = 0;

  constructor(elements: Elements) {
    this.elements = elements;
    window.addEventListener('message', (event) => this.hear(event));
  }

  on(name: string, listener: Listener): this {
    const known = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, known.add(listener));
    return this;
  }

  once(name: string, listener: Listener): this {
    const first: Listener = (payload) => {
      this.off(name, first);
      listener(payload);
    };
    return this.on(name, first);
  }

  off(name: string, listener?: Listener): this {
    if (listener) this.listeners.get(name)?.delete(listener);
    else this.listeners.delete(name);
    return this;
  }

  mount(target: Target): void {
    const place = typeof target === 'string' ? document.querySelector(target) : target;
    if (!place) throw new Error(`The selector you specified (${String(target)}) applies to no DOM elements.`);
    place.classList.add('StripeElement');
    const frame = document.createElement('iframe');
    frame.name = this.name;
    frame.title = 'Secure payment input frame';
    frame.allow = 'payment *';
    frame.style.cssText = 'border:0;width:100%;height:320px';
    frame.src = this.elements.frameAddress();
    this.frame = frame;
    place.append(frame);
  }

  unmount(): void {
    this.frame?.remove();
    this.frame = undefined;
  }

  destroy(): void {
    this.unmount();
    this.listeners.clear();
  }

  update(options: object): void {
    this.tell({ kind: 'update', options });
  }

  focus(): void {
    this.tell({ kind: 'focus' });
  }

  blur(): void {
    this.frame?.blur();
  }

  clear(): void {
    this.tell({ kind: 'clear' });
  }

  collapse(): void {
    this.tell({ kind: 'update', options: {} });
  }

  /** Asks the frame for something; what was typed never comes back, only the answer of the API. */
  ask(question: object): Promise<Reply> {
    const reply = ++this.questions;
    return new Promise((resolve) => {
      this.waiting.set(reply, resolve);
      this.tell({ ...question, reply });
    });
  }

  private tell(message: object): void {
    this.frame?.contentWindow?.postMessage(message, ORIGIN);
  }

  private hear(event: MessageEvent): void {
    if (event.origin !== ORIGIN || event.source !== this.frame?.contentWindow) return;
    const message = event.data as { kind?: string; payload?: object; reply?: number; body?: Reply };
    if (message.reply !== undefined) this.settle(message.reply, message.body ?? {});
    else if (message.kind === 'height') this.resize(message.payload);
    else this.emit(message.kind ?? '', message.payload ?? {});
  }

  private settle(reply: number, body: Reply): void {
    this.waiting.get(reply)?.(body);
    this.waiting.delete(reply);
  }

  private resize(payload: object | undefined): void {
    if (this.frame && payload && 'height' in payload) this.frame.style.height = `${Number(payload.height)}px`;
  }

  private emit(name: string, payload: object): void {
    for (const listener of this.listeners.get(name) ?? []) listener({ elementType: 'payment', ...payload });
  }
}

class Elements {
  readonly options: ElementsOptions;
  private readonly key: string;
  private element: PaymentElement | null = null;

  constructor(key: string, options: ElementsOptions) {
    this.key = key;
    this.options = { ...options };
  }

  create(type: string): PaymentElement {
    if (type !== 'payment') throw new Error(`The stand-in has no ${type} element.`);
    if (this.element) throw new Error('Can only create one Element of type payment.');
    this.element = new PaymentElement(this);
    return this.element;
  }

  getElement(type: string): PaymentElement | null {
    return type === 'payment' ? this.element : null;
  }

  update(options: ElementsOptions): void {
    Object.assign(this.options, options);
  }

  fetchUpdates(): Promise<object> {
    return Promise.resolve({});
  }

  async submit(): Promise<{ error?: ErrorBody; selectedPaymentMethod?: string }> {
    if (!this.element) return { error: integration('No payment element is mounted.') };
    const { error } = await this.element.ask({ kind: 'submit' });
    return error ? { error } : { selectedPaymentMethod: 'card' };
  }

  frameAddress(): string {
    const { clientSecret = '', locale = 'auto' } = this.options;
    const values = new URLSearchParams({
      key: this.key,
      secret: clientSecret,
      locale,
      parent: location.origin,
    });
    return `${ORIGIN}/_elements/payment#${values.toString()}`;
  }
}

function integration(message: string): ErrorBody {
  return { type: 'invalid_request_error', code: 'integration_error', message };
}

async function read(key: string, secret: string): Promise<Reply> {
  const id = secret.split('_secret_')[0] ?? '';
  const kind = id.startsWith('seti_') ? 'setup_intents' : 'payment_intents';
  const address = `${ORIGIN}/v1/${kind}/${id}?client_secret=${encodeURIComponent(secret)}`;
  const response = await fetch(address, { headers: { authorization: `Bearer ${key}` } });
  return (await response.json()) as Reply;
}

/** Shows the bank's page in a dialog and waits for its result. */
function challenge(secret: string): Promise<Reply> {
  const dialog = document.createElement('dialog');
  const frame = document.createElement('iframe');
  frame.name = 'stripe-challenge-frame';
  frame.title = '3D Secure authentication';
  frame.style.cssText = 'border:0;width:340px;height:220px';
  const values = new URLSearchParams({ secret, parent: location.origin });
  frame.src = `${ORIGIN}/_elements/challenge?client_secret=${encodeURIComponent(secret)}#${values.toString()}`;
  dialog.append(frame);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    const hear = (event: MessageEvent) => {
      if (event.origin !== ORIGIN || event.source !== frame.contentWindow) return;
      window.removeEventListener('message', hear);
      dialog.remove();
      resolve((event.data as { body: Reply }).body);
    };
    window.addEventListener('message', hear);
  });
}

function named(reply: Reply): object {
  if (reply.error) return { error: reply.error };
  return reply.object === 'setup_intent' ? { setupIntent: reply } : { paymentIntent: reply };
}

type Task = { element: PaymentElement; secret: string; address: string; always: boolean; keep: boolean };

/** What there is to confirm, or why it cannot be. */
function taskOf(options: ConfirmOptions): Task | ErrorBody {
  const { elements, redirect = 'always' } = options;
  const element = elements?.getElement('payment');
  const secret = options.clientSecret ?? elements?.options.clientSecret;
  if (!element || !secret) return integration('elements with a client secret are required.');
  const { return_url: address = '', setup_future_usage: later } = options.confirmParams ?? {};
  return { element, secret, address, always: redirect === 'always', keep: later === 'off_session' };
}

async function confirm(options: ConfirmOptions): Promise<object> {
  const task = taskOf(options);
  if ('message' in task) return { error: task };
  const { address, always } = task;
  if (always && address === '') return { error: integration('confirmParams.return_url is required.') };
  const reply = await collect(task);
  return reply.error || !always ? named(reply) : leave(address, reply);
}

/** Checks the fields, confirms, and lets the customer answer their bank when it asks. */
async function collect({ element, secret, address, keep }: Task): Promise<Reply> {
  const checked = await element.ask({ kind: 'submit' });
  if (checked.error) return checked;
  const reply = await element.ask({ kind: 'confirm', returnUrl: address, keep });
  return reply.status === 'requires_action' ? challenge(secret) : reply;
}

/** Goes to the return address with the result, as a redirect would; never resolves. */
function leave(address: string, reply: Reply): Promise<object> {
  const url = new URL(address);
  const name = reply.object === 'setup_intent' ? 'setup_intent' : 'payment_intent';
  url.searchParams.set(name, reply.id ?? '');
  url.searchParams.set(`${name}_client_secret`, reply.client_secret ?? '');
  const fine = reply.status === 'succeeded' || reply.status === 'processing';
  url.searchParams.set('redirect_status', fine ? 'succeeded' : 'failed');
  location.assign(url);
  return new Promise(() => undefined);
}

async function nextAction(key: string, secret: string): Promise<object> {
  const reply = await read(key, secret);
  return named(reply.status === 'requires_action' ? await challenge(secret) : reply);
}

function Stripe(key: string, settings: StripeSettings = {}): object {
  if (!/^pk_(test|live)_/.test(key)) throw new Error('Please call Stripe() with your publishable key.');
  return {
    elements: (options: ElementsOptions = {}) =>
      new Elements(key, { ...(settings.locale ? { locale: settings.locale } : {}), ...options }),
    confirmPayment: confirm,
    confirmSetup: confirm,
    handleNextAction: (options: { clientSecret: string }) => nextAction(key, options.clientSecret),
    retrievePaymentIntent: async (secret: string) => named(await read(key, secret)),
    retrieveSetupIntent: async (secret: string) => named(await read(key, secret)),
    registerAppInfo: () => undefined,
    _registerWrapper: () => undefined,
  };
}

Object.assign(window, { Stripe: Object.assign(Stripe, { version: 'endive' }) });
