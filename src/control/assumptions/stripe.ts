// What is believed of Stripe without proof, by the names of docs/assumptions.md.
import type { Assumption } from '../assumptions.ts';

export const STRIPE: readonly Assumption[] = [
  {
    name: 'stripe-late-delivery',
    assumes: 'Stripe delivers late for up to three days and holds back nothing for good',
    seen: 'the age of events in the inbox after an outage of a day or longer',
  },
  {
    name: 'stripe-versions',
    assumes:
      "What Payside reads of Stripe's objects has stood in one place in every version since 2025-03-31, and before it where the train acacia had it",
    seen: 'an endpoint of each train on a test account, and one payment',
  },
  {
    name: 'stripe-clock',
    assumes: 'Five minutes either way are enough for clocks that disagree',
    seen: 'the age of accepted events',
    check: 'clock',
  },
  {
    name: 'stripe-confirm-invoice',
    assumes: "The invoice's own payment intent can be confirmed by our page with the invoice's client secret",
    seen: 'one test-mode invoice',
  },
  {
    name: 'stripe-script-origins',
    assumes:
      "Stripe's script needs the origins it publishes, `*.js.stripe.com` among them, and no others for cards, debits and wallets",
    seen: "one live payment by each method, with the browser's console open",
  },
  {
    name: 'stripe-app-token-life',
    assumes: "Stripe's app tokens live one hour and roll at each refresh, and no answer says so",
    seen: 'connect a test app and watch the calls for two hours',
  },
  {
    name: 'stripe-app-permissions',
    assumes:
      "An app with its permissions may make every call of the adapter, and its events come to the publisher's endpoint with `account`",
    seen: 'connect a test app and run a payment through',
  },
  {
    name: 'stripe-key-writes',
    assumes: "A restricted key that may list may also write, as Stripe's presets pair them",
    seen: 'a key with read rights only',
  },
  {
    name: 'stripe-subscription-lists',
    assumes:
      'Items of a subscription are all in its list, the first ten in the object, and `status=all` lists what has ended, however long ago',
    seen: 'a subscription of eleven items, and one ended a year ago',
  },
  {
    name: 'stripe-deleted-customer',
    assumes:
      'Whoever deletes a customer ends their subscriptions, and `customer.subscription.deleted` tells it',
    seen: 'delete a customer who has one',
  },
  {
    name: 'stripe-publishable-key',
    assumes: 'A publishable key can read a setup intent of its own account by client secret',
    seen: 'two keys of two test accounts',
  },
  {
    name: 'stripe-credit-note',
    assumes:
      'A credit note can be voided only while its invoice is open, and `credit_note.voided` or `invoice.updated` tells it',
    seen: 'void a credit note of an open and of a paid test-mode invoice',
  },
  {
    name: 'stripe-manual-invoice',
    assumes:
      'An invoice that does not advance by itself can be paid, charged and voided like any other, and is mailed only when we say so',
    seen: 'two opened test-mode invoices, one of them paid a day later',
  },
  {
    name: 'stripe-archived-rate',
    assumes: 'An archived tax rate is refused on new lines, and a draft without lines can be deleted',
    seen: 'one invoice with an archived rate in test mode',
  },
  {
    name: 'stripe-amount-bounds',
    assumes: 'Minimum and maximum amounts are as Stripe publishes them',
    seen: 'the published table, at each update of the SDK',
  },
  {
    name: 'stripe-balance-right',
    assumes:
      'The right of a restricted key to read balance transactions is called `rak_balance_transaction_source_read`',
    seen: 'a restricted key with that right alone, and one list of balance transactions',
  },
];
