// Recognises a payer who comes back from a bank's page, and takes the secrets out of the address.

const OURS_TO_REMOVE = [
  'payment_intent',
  'payment_intent_client_secret',
  'redirect_status',
  'source_redirect_slug',
];

/** The secret of the payment the payer comes back from; null for an ordinary visit. */
export function takeReturn(): string | null {
  const address = new URL(location.href);
  const secret = address.searchParams.get('payment_intent_client_secret');
  for (const name of OURS_TO_REMOVE) address.searchParams.delete(name);
  history.replaceState(null, '', `${address.pathname}${address.search}`);
  return secret;
}

/** Where a bank sends the payer back to: this page, in the language it was read in. */
export function returnAddress(): string {
  return `${location.origin}${location.pathname}${location.search}`;
}
