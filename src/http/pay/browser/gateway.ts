// Loads the gateway's own script and puts its payment fields into the page.
import type { Stripe, StripeElements } from '@stripe/stripe-js';
import { data, find, languageOf } from './page-parts.ts';

/** The gateway's script or its fields did not come: a blocker, a network, a mistake in the settings. */
export class GatewayBlocked extends Error {}

export type Fields = {
  secret: string;
  elements: StripeElements;
  remove(): void;
};

const LOAD_TIMEOUT_MS = 20_000;

/** Throws GatewayBlocked. */
export async function loadGateway(publishableKey: string): Promise<Stripe> {
  if (!window.Stripe && data.gatewayScript) await loadScript(data.gatewayScript);
  if (!window.Stripe) throw new GatewayBlocked('no script');
  return window.Stripe(publishableKey, { locale: languageOf(data.locale) });
}

async function loadScript(address: string): Promise<void> {
  const script = document.createElement('script');
  script.src = address;
  try {
    await soon((loaded, failed) => {
      script.addEventListener('load', loaded);
      script.addEventListener('error', () => failed(new GatewayBlocked('script')));
      document.head.append(script);
    });
  } catch (error) {
    script.remove();
    throw error;
  }
}

/** Throws GatewayBlocked; `typed` is called once, at the first thing entered. */
export async function mountFields(gateway: Stripe, secret: string, typed: () => void): Promise<Fields> {
  const elements = gateway.elements({
    clientSecret: secret,
    locale: languageOf(data.locale),
    loader: 'never',
    appearance: appearance(),
  });
  const element = elements.create('payment', { layout: 'tabs' });
  let told = false;
  element.on('change', (event) => {
    if (told || event.empty) return;
    told = true;
    typed();
  });
  await soon((loaded, failed) => {
    element.on('ready', () => loaded());
    element.on('loaderror', () => failed(new GatewayBlocked('fields')));
    element.mount(find('gateway-fields'));
  }).catch((error: unknown) => {
    element.destroy();
    throw error;
  });
  return { secret, elements, remove: () => element.destroy() };
}

function appearance(): { theme: 'stripe'; variables: Record<string, string> } {
  return {
    theme: 'stripe',
    variables: {
      colorPrimary: data.colors.ink,
      colorText: '#17202e',
      colorDanger: '#9f1c2b',
      borderRadius: '10px',
      fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif',
      fontSizeBase: '16px',
    },
  };
}

type Start = (loaded: () => void, failed: (reason: Error) => void) => void;

async function soon(start: Start): Promise<void> {
  let timer = 0;
  try {
    await new Promise<void>((loaded, failed) => {
      timer = window.setTimeout(() => failed(new GatewayBlocked('time')), LOAD_TIMEOUT_MS);
      start(loaded, failed);
    });
  } finally {
    clearTimeout(timer);
  }
}
