// Inside the payment frame: the fields, their checks, and the call that confirms. Sandbox only.

type Field = {
  name: string;
  label: string;
  mode: 'numeric' | 'text';
  hint: string;
  complete: RegExp;
  code: string;
};
type Intent = { id: string; currency?: string; payment_method_types: string[]; error?: { message: string } };
export type Question = { kind: string; reply?: number; returnUrl?: string; keep?: boolean };

const settings = new URLSearchParams(location.hash.slice(1));
const key = settings.get('key') ?? '';
const secret = settings.get('secret') ?? '';
const owner = settings.get('parent') ?? '';
const id = secret.split('_secret_')[0] ?? '';
const collection = id.startsWith('seti_') ? 'setup_intents' : 'payment_intents';

const FIELDS: Record<string, Field[]> = {
  card: [
    {
      name: 'number',
      label: 'Card number',
      mode: 'numeric',
      hint: '1234 1234 1234 1234',
      complete: /^\d{15,19}$/,
      code: 'incomplete_number',
    },
    {
      name: 'exp',
      label: 'Expiry',
      mode: 'numeric',
      hint: 'MM / YY',
      complete: /^(0[1-9]|1[0-2])\/?\d{2}$/,
      code: 'incomplete_expiry',
    },
    {
      name: 'cvc',
      label: 'CVC',
      mode: 'numeric',
      hint: 'CVC',
      complete: /^\d{3,4}$/,
      code: 'incomplete_cvc',
    },
  ],
  us_bank_account: [
    {
      name: 'name',
      label: 'Name on account',
      mode: 'text',
      hint: '',
      complete: /\S/,
      code: 'incomplete_name',
    },
    {
      name: 'routing',
      label: 'Routing number',
      mode: 'numeric',
      hint: '110000000',
      complete: /^\d{9}$/,
      code: 'incomplete_routing_number',
    },
    {
      name: 'account',
      label: 'Account number',
      mode: 'numeric',
      hint: '000123456789',
      complete: /^\d{6,17}$/,
      code: 'incomplete_account_number',
    },
  ],
  sepa_debit: [
    {
      name: 'name',
      label: 'Name on account',
      mode: 'text',
      hint: '',
      complete: /\S/,
      code: 'incomplete_name',
    },
    {
      name: 'account',
      label: 'IBAN',
      mode: 'text',
      hint: 'DE00 0000 0000 0000 0000 00',
      complete: /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/i,
      code: 'incomplete_iban',
    },
  ],
};
const TITLES: Record<string, string> = {
  card: 'Card',
  us_bank_account: 'US bank account',
  sepa_debit: 'SEPA Direct Debit',
};
const ASK: Record<string, string> = {
  incomplete_number: 'Your card number is incomplete.',
  incomplete_expiry: "Your card's expiration date is incomplete.",
  incomplete_cvc: "Your card's security code is incomplete.",
};

const form = document.forms[0] ?? document.createElement('form');
const fields = document.createElement('div');
const alert = document.createElement('p');
alert.setAttribute('role', 'alert');
alert.id = 'problem';
let type = 'card';

function tell(kind: string, payload: object = {}): void {
  parent.postMessage({ kind, payload }, owner);
}

function input(name: string): HTMLInputElement | null {
  return form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
}

/** The text without spaces, except in names. */
function value(name: string): string {
  const text = input(name)?.value ?? '';
  return name === 'name' ? text.trim() : text.replaceAll(/\s/g, '');
}

function current(): Field[] {
  return FIELDS[type] ?? [];
}

function drawTabs(types: string[]): void {
  const group = document.createElement('fieldset');
  const legend = document.createElement('legend');
  legend.textContent = 'Payment method';
  group.append(legend);
  for (const name of types) {
    const label = document.createElement('label');
    const radio = document.createElement('input');
    Object.assign(radio, { type: 'radio', name: 'type', value: name, checked: name === type });
    radio.addEventListener('change', () => {
      type = name;
      drawFields();
      changed();
    });
    label.append(radio, ` ${TITLES[name] ?? name}`);
    group.append(label);
  }
  group.hidden = types.length < 2;
  form.append(group, fields, alert);
}

function drawFields(): void {
  fields.replaceChildren(...current().map(drawField));
  alert.textContent = '';
  tell('height', { height: document.documentElement.scrollHeight + 16 });
}

function drawField(field: Field): HTMLElement {
  const label = document.createElement('label');
  const box = document.createElement('input');
  Object.assign(box, {
    name: field.name,
    placeholder: field.hint,
    inputMode: field.mode,
    autocomplete: 'off',
  });
  label.append(`${field.label} `, box);
  return label;
}

function changed(): void {
  const complete = current().every((field) => field.complete.test(value(field.name)));
  const empty = current().every((field) => value(field.name) === '');
  tell('change', { complete, empty, collapsed: false, value: { type } });
}

/** Marks the first field that is not complete and says so; undefined when all are. */
function problem(): object | undefined {
  for (const field of current()) {
    const fine = field.complete.test(value(field.name));
    input(field.name)?.setAttribute('aria-invalid', String(!fine));
    if (fine) continue;
    const message = ASK[field.code] ?? `${field.label} is incomplete.`;
    showError(message, field.name);
    return { type: 'validation_error', code: field.code, message };
  }
  alert.textContent = '';
  return undefined;
}

function showError(message: string, name?: string): void {
  alert.textContent = message;
  if (!name) return;
  input(name)?.setAttribute('aria-describedby', alert.id);
  input(name)?.focus();
}

function entered(): object {
  if (type !== 'card')
    return {
      bank: { type, account: value('account'), routing: value('routing') || undefined },
      name: value('name'),
    };
  const digits = value('exp').replace('/', '');
  const year = 2000 + Number(digits.slice(2));
  return {
    card: {
      number: value('number'),
      exp_month: Number(digits.slice(0, 2)),
      exp_year: year,
      cvc: value('cvc'),
    },
  };
}

async function post(
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, ...headers },
    body,
  });
  return (await response.json()) as Record<string, unknown>;
}

async function confirm({ returnUrl, keep }: Question): Promise<Record<string, unknown>> {
  const method = await post(
    '/_elements/payment_methods',
    { 'content-type': 'application/json' },
    JSON.stringify(entered()),
  );
  if (method['error']) return method;
  const body = new URLSearchParams({
    client_secret: secret,
    payment_method: String(method['id']),
    use_stripe_sdk: 'true',
  });
  if (returnUrl) body.set('return_url', returnUrl);
  if (keep) body.set('setup_future_usage', 'off_session');
  const path = `/v1/${collection}/${id}/confirm`;
  return post(path, { 'content-type': 'application/x-www-form-urlencoded' }, body.toString());
}

async function answer(question: Question): Promise<Record<string, unknown>> {
  const error = problem();
  if (error) return { error };
  return question.kind === 'confirm' ? confirm(question) : {};
}

window.addEventListener('message', (event: MessageEvent) => {
  if (event.source !== parent || event.origin !== owner) return;
  const question = event.data as Question;
  if (question.kind === 'focus') input(current()[0]?.name ?? '')?.focus();
  if (question.kind === 'clear') form.reset();
  if (question.reply === undefined) return;
  void answer(question).then((body) => {
    const refused = body['error'] as { message?: string } | undefined;
    if (refused?.message) showError(refused.message);
    parent.postMessage({ reply: question.reply, body }, owner);
  });
});

async function load(): Promise<void> {
  const response = await fetch(`/v1/${collection}/${id}?client_secret=${encodeURIComponent(secret)}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const intent = (await response.json()) as Intent;
  if (intent.error) return tell('loaderror', { error: intent.error });
  const types = intent.payment_method_types.filter((name) => name in FIELDS);
  type = types[0] ?? 'card';
  drawTabs(types);
  drawFields();
  form.addEventListener('input', changed);
  form.addEventListener('submit', (event) => event.preventDefault());
  tell('ready');
}

void load();
