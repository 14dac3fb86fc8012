// Known mistakes, as exact replacements in the product's source, and the row that shows each.

export type Edit = { file: string; find: string; put: string };
export type Patch = { name: string; why: string; edits: readonly Edit[]; row: string };

export const PATCHES: readonly Patch[] = [
  {
    name: 'acknowledge before the write',
    why: 'the sender is told that an event arrived while it is only in memory',
    edits: [
      {
        file: 'src/inbox/keep.ts',
        find: 'const isNew = await store.accept(events);',
        put: 'const isNew = events.map(() => true); setTimeout(() => void store.accept(events).then(wake), 300);',
      },
    ],
    row: 'directed killed after the acknowledgement',
  },
  {
    name: 'last arrival wins',
    why: 'what comes last is believed, whatever it states',
    edits: [
      {
        file: 'src/ledger/fold.ts',
        find: 'if (row && known && compareFacts(fact, known) <= 0) return row;',
        put: 'void compareFacts;',
      },
    ],
    row: 'directed late events',
  },
  {
    name: 'fold by created',
    why: 'events are ordered by the second in which they were made, and ties by chance',
    edits: [
      {
        file: 'src/gateways/stripe/normalise.ts',
        find: '{ account, number: 0 }',
        put: '{ account, number: Number((json(raw) as { created: number }).created) }',
      },
      {
        file: 'src/ledger/rank.ts',
        find: 'compareStrength(a, b) ||\n    a.number - b.number ||',
        put: 'a.number - b.number ||',
      },
    ],
    row: 'directed late events',
  },
  {
    name: 'key per attempt',
    why: 'every try has an idempotency key of its own',
    edits: [
      {
        file: 'src/billing/run.ts',
        find: 'await act(`${row.id}:${name}`)',
        put: 'await act(`${row.id}:${name}:${Math.random()}`)',
      },
    ],
    row: 'directed killed while an invoice was made',
  },
  {
    name: 'no lock',
    why: 'two people may move the same money at once',
    edits: [{ file: 'src/billing/operate.ts', find: 'subject: start.subject,', put: 'subject: null,' }],
    row: 'directed rivals',
  },
  {
    name: 'the token of another merchant',
    why: 'a connection is kept by whoever came first',
    edits: [
      {
        file: 'src/crms/hubspot/write/mirror.ts',
        find: 'const answer = await askFor(connection)(',
        put: 'const answer = await askFor((first.connection ??= connection))(',
      },
      {
        file: 'src/crms/hubspot/write/mirror.ts',
        find: 'const createUpsert =',
        put: 'const first: { connection?: Parameters<AskFor>[0] } = {};\n\nconst createUpsert =',
      },
    ],
    row: 'directed merchants at once',
  },
  {
    name: 'a total booked as a difference',
    why: 'what was refunded so far is added once more with each refund',
    edits: [
      {
        file: 'src/ledger/invoice-figures.ts',
        find: "const refunded = sum(\n    refunds.filter(({ body }) => body.status === 'succeeded').map(({ body }) => body.amountMinor),\n  );",
        put: "const refunded = refunds.filter(({ body }) => body.status === 'succeeded').reduce((total, { body }) => total + total + body.amountMinor, 0);",
      },
    ],
    row: 'directed refunds in one second',
  },
  {
    name: 'a mixed answer taken for success',
    why: 'a batch that was answered counts as written, whatever the answer says of its records',
    edits: [
      {
        file: 'src/crms/hubspot/write/records.ts',
        find: "if (seen.done.has(id)) return { key: write.key, outcome: 'written' };",
        put: "if (id !== '') return { key: write.key, outcome: 'written' };",
      },
    ],
    row: 'directed refused record',
  },
  {
    name: 'a waiting state is not replaced',
    why: 'what a record should say now does not take the place of what it should have said',
    edits: [
      {
        file: 'src/store/embedded/deliveries.ts',
        find: 'WHERE key = ?5 AND (digest <> ?2 OR',
        put: "WHERE key = ?5 AND state <> 'waiting' AND (digest <> ?2 OR",
      },
    ],
    row: 'directed CRM down',
  },
  {
    name: 'delivered before the answer',
    why: 'a write counts as done when it is sent',
    edits: [
      {
        file: 'src/outbox/bundle.ts',
        find: 'const ends = await sendTogether(target, bundle)',
        put: 'await deps.store.delivered(deliveriesOf(bundle));\n  const ends = await sendTogether(target, bundle)',
      },
    ],
    row: 'directed killed before the record',
  },
  {
    name: 'no guard against card numbers',
    why: 'words are taken as they are typed',
    edits: [
      {
        file: 'src/billing/text-guard.ts',
        find: 'digitRuns(text).some((run) =>',
        put: 'digitRuns(text).length < 0 && digitRuns(text).some((run) =>',
      },
    ],
    row: 'directed card number',
  },
  {
    name: 'signatures unchecked',
    why: 'whoever knows the address of a door is believed',
    edits: [
      {
        file: 'src/gateways/stripe/verify.ts',
        find: "if (!isSigned) return { verified: false, reason: 'signature' };",
        put: 'void isSigned;',
      },
    ],
    row: 'directed forged event',
  },
  {
    name: 'events in the log',
    why: 'what came in is written to the log as it came',
    edits: [
      {
        file: 'src/http/webhook-door.ts',
        find: 'answer(res, statusOf(outcome, deps.log, entrance.who), outcome.outcome);',
        put: "deps.log.info('an event came', { reason: raw.toString() });\n      answer(res, statusOf(outcome, deps.log, entrance.who), outcome.outcome);",
      },
    ],
    row: 'directed event twice',
  },
  {
    name: 'an answer that ends the process',
    why: 'nobody listens to the errors of an answer that is still coming in',
    edits: [{ file: 'src/crms/salesforce/client.ts', find: '{ transport, ...', put: '{ timeout, ...' }],
    row: 'directed answer cut',
  },
];
