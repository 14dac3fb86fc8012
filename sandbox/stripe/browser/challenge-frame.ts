// Inside the 3-D Secure page: the two answers a customer can give. Sandbox only.

export type Outcome = 'pass' | 'fail';

const query = new URLSearchParams(location.search);
const owner = new URLSearchParams(location.hash.slice(1)).get('parent');
const secret = query.get('client_secret') ?? '';

async function finish(outcome: Outcome): Promise<void> {
  const response = await fetch('/_elements/challenge', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_secret: secret, outcome }),
  });
  const body = (await response.json()) as { status?: string; error?: object };
  if (owner) {
    parent.postMessage({ body }, owner);
    return;
  }
  const back = query.get('return_url');
  if (back) location.assign(returnAddress(back, body.error === undefined));
}

function returnAddress(back: string, passed: boolean): URL {
  const url = new URL(back);
  const id = secret.split('_secret_')[0] ?? '';
  const name = id.startsWith('seti_') ? 'setup_intent' : 'payment_intent';
  url.searchParams.set(name, id);
  url.searchParams.set(`${name}_client_secret`, secret);
  url.searchParams.set('redirect_status', passed ? 'succeeded' : 'failed');
  return url;
}

document.getElementById('pass')?.addEventListener('click', () => void finish('pass'));
document.getElementById('fail')?.addEventListener('click', () => void finish('fail'));
