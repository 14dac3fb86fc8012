// Inside the hosted invoice page: pays the invoice with the payment element. Sandbox only.

export type Result = { error?: { message: string }; paymentIntent?: { status: string } };
type Element = { mount(target: string): void; on(name: string, listener: () => void): void };
type Elements = { create(type: string): Element };
type StripeObject = {
  elements(options: { clientSecret: string }): Elements;
  confirmPayment(options: { elements: Elements; redirect: 'if_required' }): Promise<Result>;
};

const root = document.getElementById('pay');
const status = document.getElementById('status');
const button = document.querySelector('button');

function say(text: string): void {
  if (status) status.textContent = text;
}

function start(clientSecret: string, key: string): void {
  const stripe = (window as unknown as { Stripe: (key: string) => StripeObject }).Stripe(key);
  const elements = stripe.elements({ clientSecret });
  const element = elements.create('payment');
  element.on('ready', () => button?.removeAttribute('disabled'));
  element.mount('#element');
  button?.addEventListener('click', () => void pay(stripe, elements));
}

async function pay(stripe: StripeObject, elements: Elements): Promise<void> {
  button?.setAttribute('disabled', '');
  const { error, paymentIntent } = await stripe.confirmPayment({ elements, redirect: 'if_required' });
  if (error) {
    say(error.message);
    button?.removeAttribute('disabled');
    return;
  }
  say(paymentIntent?.status === 'processing' ? 'Your payment is on its way.' : 'Invoice paid');
}

const { key, secret } = root?.dataset ?? {};
if (key && secret) start(secret, key);
