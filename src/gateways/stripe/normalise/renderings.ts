// Which rendering an event is in, by its API version, and an older one as the current one.

/** Stripe breaks shapes only where a train begins; the months of one train differ by what they add. */
const VERSION = /^\d{4}-\d{2}-\d{2}\.([a-z]+)$/;

type Told = { id: string } & Record<string, unknown>;
type Rendering = {
  /** An object as the current rendering has it. */
  asCurrent: (object: Told) => Told;
  /** True where this rendering leaves something out that the current one tells by another event. */
  lacks: (object: Told) => boolean;
};

const CURRENT: Rendering = { asCurrent: (object) => object, lacks: () => false };

/** Before 2025-03-31: an invoice named its one payment itself, and no event told of what lies between the two. */
const BEFORE_INVOICE_PAYMENTS: Rendering = {
  asCurrent: (object) => (CONVERTED[String(object['object'])] ?? CURRENT.asCurrent)(object),
  lacks: ({ object, amount_paid: paid }) => object === 'invoice' && Number(paid) > 0,
};

/** By the object's own name; what is not here stands where it stood. */
const CONVERTED: Record<string, (object: Told) => Told> = {
  invoice: ({ subscription, total_tax_amounts: taxes, ...invoice }) => ({
    ...invoice,
    total_taxes: taxes,
    parent: subscription ? { subscription_details: { subscription } } : null,
  }),
  // A note was wholly of one kind.
  credit_note: ({ type, ...note }) => ({
    ...note,
    post_payment_amount: type === 'post_payment' ? note['amount'] : 0,
  }),
};

/** What Payside reads has stood in one place since the train basil. */
const RENDERINGS: Readonly<Record<string, Rendering>> = {
  endive: CURRENT,
  dahlia: CURRENT,
  clover: CURRENT,
  basil: CURRENT,
  acacia: BEFORE_INVOICE_PAYMENTS,
};

/** @returns null for a version nobody has taught us: its events only say where to look */
export function renderingOf(apiVersion: string | null | undefined): Rendering | null {
  const train = VERSION.exec(apiVersion ?? '')?.[1] ?? '';
  return Object.hasOwn(RENDERINGS, train) ? (RENDERINGS[train] ?? null) : null;
}
