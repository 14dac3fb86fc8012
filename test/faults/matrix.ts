// Every fault of the matrix: how it is injected, what is expected, and where that is measured.

/** A row of `npm run faults` by the beginning of its name, or a test as file › title. */
export type Proof = { row: string } | { test: string };

export type MatrixRow = {
  id: string;
  fault: string;
  injected: string;
  expected: string;
  proofs: readonly Proof[];
  /** What is not shown yet, and why. */
  open?: string;
};

const row = (name: string): Proof => ({ row: name });
const test = (path: string, title: string): Proof => ({ test: `test/${path} › ${title}` });

export const MATRIX: readonly MatrixRow[] = [
  {
    id: 'F1',
    fault: 'an event comes several times',
    injected: 'a proxy passes every event on twice; the same bytes five times at once',
    expected: 'answered 2xx each time, one effect',
    proofs: [
      row('directed event twice'),
      row('sweep refund'),
      test('integration/webhooks.test.ts', 'that comes five times at once has one effect'),
      test('store/contract-inbox.ts', 'keeps an event once, however often and however parallel it arrives'),
      test(
        'store/postgres-processes.test.ts',
        'claim events, work, deliveries and operations without ever taking the same one',
      ),
    ],
  },
  {
    id: 'F2',
    fault: 'events change places',
    injected:
      'a proxy holds an event until another has passed, or loses the first ones until they are sent again',
    expected: 'the state that the same events have in order',
    proofs: [
      row('directed late events'),
      row('directed dispute in one second'),
      row('concurrent '),
      test('integration/webhooks.test.ts', 'stream with %s ends where the gateway is'),
    ],
  },
  {
    id: 'F3',
    fault: 'an event comes days later',
    injected: 'an event of three days ago, signed anew; hours without an answer of the gateway',
    expected: 'applied like any other',
    proofs: [
      test(
        'integration/clocks.test.ts',
        'an event that comes three days after it happened, signed anew, is applied like any other',
      ),
      test(
        'integration/patience.test.ts',
        'reaches HubSpot although Stripe answered nothing for hours, far more often than is tried',
      ),
    ],
  },
  {
    id: 'F4',
    fault: 'an event is lost',
    injected: 'the gateway never sends it; of an old one nothing is listed either',
    expected: 'found by the next sweep; a second one writes nothing',
    proofs: [
      test('integration/sweep.test.ts', '%s is found, and seen on the record'),
      test('integration/reconcile.test.ts', 'has all that was lost found, by what the gateway itself has'),
    ],
  },
  {
    id: 'F5',
    fault: 'an event comes after what it says is known',
    injected: 'the connection reads the history first, events of it follow',
    expected: 'no second effect',
    proofs: [
      row('sweep backfill'),
      test(
        'reconcile/sweep.test.ts',
        'does not put what it read before over what was learnt while it was answered',
      ),
    ],
  },
  {
    id: 'F6',
    fault: 'the connector is killed',
    injected: 'SIGKILL before, during and after every request on every leg',
    expected: 'nothing lost, nothing doubled',
    proofs: [
      row('sweep '),
      row('directed killed'),
      test('store/crash.test.ts', 'has kept every event it acknowledged, wherever it was killed'),
      test('integration/operations-killed.test.ts', 'after %i answers of the gateway'),
    ],
  },
  {
    id: 'F7',
    fault: 'it is killed twice in one run',
    injected: 'pairs of steps drawn anew for each flow',
    expected: 'as F6',
    proofs: [row('sweep '), row('concurrent ')],
  },
  {
    id: 'F8',
    fault: 'it dies between the CRM’s answer and its own note of it',
    injected: 'kill-during at steps on the CRM’s leg',
    expected: 'written again, the same record',
    proofs: [
      row('sweep '),
      row('directed killed before the record'),
      test('outbox/doubt.test.ts', 'after a process that was killed in the middle is found by the next'),
    ],
  },
  {
    id: 'F9',
    fault: 'the CRM says wait',
    injected: '429 with Retry-After, by proxy and by the stand-in',
    expected: 'that installation waits so long, the others go on',
    proofs: [
      row('directed rate limit'),
      row('sweep '),
      test('outbox/deliver.test.ts', 'is left alone until it said, and the other installations go on'),
    ],
  },
  {
    id: 'F10',
    fault: 'the CRM’s calls of a day are used up',
    injected: 'the stand-in’s daily limit',
    expected: 'tried again slowly, cards say “behind since”, nothing lost',
    proofs: [
      row('directed limit of a day'),
      test(
        'integration/patience.test.ts',
        'is asked about once in its own time, and cards say since when the record is behind',
      ),
      test('crms/hubspot/errors.test.ts', 'of a used-up day is tried again slowly'),
      test('crms/salesforce/write.test.ts', 'that are used up make a write wait'),
    ],
  },
  {
    id: 'F11',
    fault: 'answers that are none: 500, a page of HTML, half an answer',
    injected: 'error-500, error-after, garbled and truncated at every step',
    expected: 'not taken for success, tried again',
    proofs: [
      row('sweep '),
      row('directed CRM down'),
      row('directed answer cut'),
      test(
        'crms/salesforce/errors.test.ts',
        'breaks off in the middle: the call fails, and nothing else does',
      ),
    ],
  },
  {
    id: 'F12',
    fault: 'the CRM did it and never answered',
    injected: 'lost-answer at every step',
    expected: 'one record, nothing older over something newer',
    proofs: [
      row('sweep '),
      test('outbox/doubt.test.ts', 'is found once nothing can land any more, and the newer one stands'),
    ],
  },
  {
    id: 'F13',
    fault: 'one record of a batch is refused, or left out of the answer',
    injected: 'the stand-in’s 207 and its silence',
    expected: 'the refused one is a dead letter with the reason, the others are written once',
    proofs: [
      row('directed refused record'),
      row('directed refused batch'),
      row('directed left out'),
      test('outbox/deliver.test.ts', 'of a part of a batch leaves the rest alone'),
    ],
  },
  {
    id: 'F14',
    fault: 'a token is revoked while it is used',
    injected: 'the stand-in ends the grant',
    expected: 'calls end, the queue stays, a new install drains it',
    proofs: [
      row('directed session'),
      test('outbox/deliver.test.ts', 'stops every call after one try and keeps what waits'),
      test(
        'integration/uninstall.test.ts',
        'keeps workspace, settings, ledger and queue, and installing again delivers what waited',
      ),
    ],
  },
  {
    id: 'F15',
    fault: 'the CRM hangs',
    injected: 'the stand-in never answers',
    expected: 'calls end in ten seconds, nobody else waits',
    proofs: [
      test('outbox/deliver.test.ts', 'and hangs holds up nobody else'),
      test('integration/patience.test.ts', 'makes no event wait: each is acknowledged within a second'),
      test(
        'crms/hubspot/errors.test.ts',
        'within the time-out is an outage, for the client and for plain calls',
      ),
    ],
  },
  {
    id: 'F16',
    fault: 'many callers refresh a rotating token at once',
    injected: 'fifty calls of two keepers against a stand-in that rotates',
    expected: 'one refresh, no token used twice',
    proofs: [
      test(
        'workspaces/rotation.test.ts',
        'whose session was ended cost one refresh, and no token is used twice',
      ),
      test(
        'workspaces/two-processes.test.ts',
        'with a token that has expired refresh it once at Salesforce, and use no token twice',
      ),
    ],
  },
  {
    id: 'F17',
    fault: 'a rotated token never arrives',
    injected: 'the answer of the token endpoint is lost',
    expected: 'the installation ends and says so, the queue stays',
    proofs: [
      test(
        'workspaces/rotation.test.ts',
        'ends the installation at the next call, and is not tried for ever',
      ),
    ],
  },
  {
    id: 'F18',
    fault: 'a record is merged or deleted',
    injected: 'people do it at the stand-in’s screen',
    expected: 'followed, or left with the payer for a person',
    proofs: [
      test('outbox/deliver.test.ts', 'is followed by those linked to it (old ids still resolve: %s)'),
      test('reconcile/match.test.ts', 'of a deleted contact ends the link and shows the payer as unmatched'),
      test('outbox/salesforce.test.ts', 'that was merged hands its payer on to the one that stayed'),
    ],
  },
  {
    id: 'F19',
    fault: 'two connectors at one queue',
    injected: 'claims at the same time',
    expected: 'each job once',
    proofs: [
      test(
        'store/contract-inbox.ts',
        'hands an event to one of two who ask at once, and again when the lease has run out',
      ),
      test('store/contract-work.ts', 'hands work out once while its lease lasts, and again afterwards'),
      test(
        'store/postgres-processes.test.ts',
        'claim events, work, deliveries and operations without ever taking the same one',
      ),
    ],
  },
  {
    id: 'F20',
    fault: 'an event or a record that always fails',
    injected: 'a handler that throws, a CRM that refuses one',
    expected: 'buried after bounded tries, neighbours unharmed, redriven once',
    proofs: [
      row('directed refused record'),
      test(
        'inbox/drain.test.ts',
        'because it is %s is buried after ten tries; its neighbours are applied at once',
      ),
      test('inbox/drain.test.ts', 'is applied once after a person has had it tried again'),
    ],
  },
  {
    id: 'F21',
    fault: 'one merchant’s flood beside another’s trickle',
    injected: 'an installation that its CRM limits, with 100,000 writes waiting',
    expected: 'the others are not held up',
    proofs: [
      test('outbox/deliver.test.ts', 'does not hold up the installations that it does not limit'),
      test(
        'outbox/deliver.test.ts',
        'and has a hundred thousand writes waiting does not delay the single payment of another one',
      ),
    ],
  },
  {
    id: 'F22',
    fault: 'the disk is full',
    injected: 'a limit on the size of files, lifted later',
    expected: 'refused with 503, nothing acknowledged is lost, recovers alone',
    proofs: [
      test('store/crash.test.ts', 'gives store_unavailable, loses nothing and recovers when there is room'),
      test(
        'http/webhook-door.test.ts',
        'answers 503 while the store cannot write, and takes the same event once it can',
      ),
    ],
  },
  {
    id: 'F23',
    fault: 'a file is missing, cut or overwritten',
    injected: 'cut at each of twenty places, removed, replaced',
    expected: 'refused by name, never an empty start',
    proofs: [
      test('store/damage.test.ts', 'does not open with a database cut short at any of 20 places'),
      test('store/damage.test.ts', 'does not open without %s'),
    ],
  },
  {
    id: 'F24',
    fault: 'a second process opens the files',
    injected: 'two processes',
    expected: 'the second is refused; a killed one frees them at once',
    proofs: [
      test('store/crash.test.ts', 'is refused with a message that names the file, and harms nothing'),
      test('store/crash.test.ts', 'frees the folder at once, so that the next one opens it'),
    ],
  },
  {
    id: 'F25',
    fault: 'the database server restarts',
    injected: 'in order and at once, while events arrive',
    expected: 'the connector lives on and drains',
    proofs: [
      test(
        'store/postgres-faults.test.ts',
        'in order or at once, ends no process and loses nothing that was acknowledged',
      ),
    ],
  },
  {
    id: 'F26',
    fault: 'the database server freezes',
    injected: 'its connections are frozen',
    expected: 'waits are bounded, not ready meanwhile',
    proofs: [
      test(
        'store/postgres-faults.test.ts',
        'costs a caller no more than the time it is given, and is asked anew afterwards',
      ),
    ],
  },
  {
    id: 'F27',
    fault: 'the clock is wrong, or jumps',
    injected: 'signatures ten minutes away; an hour ahead, then put right; a minute on at each kill',
    expected: 'refused so that it is sent again, with an alarm; nothing waits for the hour',
    proofs: [
      test(
        'integration/clocks.test.ts',
        'a clock that was an hour ahead and jumps back holds up nothing that comes after, and asks for no token in a loop',
      ),
      test('integration/webhooks.test.ts', 'is 503 with an alarm for a good signature %i ms away'),
      row('sweep '),
    ],
  },
  {
    id: 'F28',
    fault: 'a deployment while people work',
    injected: 'the connector is drained and started again in the middle of a flow',
    expected: 'ends within ten seconds, nothing lost, nobody gets a 5xx for work under way',
    proofs: [
      row('directed deployment'),
      test(
        'integration/health.test.ts',
        'finishes what is under way, answers nobody with a 5xx, and ends within ten seconds',
      ),
    ],
  },
  {
    id: 'F29',
    fault: 'the gateway fails while history is read',
    injected: 'every fault at every step of a first connect',
    expected: 'goes on at its page',
    proofs: [
      row('sweep backfill'),
      test(
        'reconcile/backfill.test.ts',
        'goes on in its windows after the gateway asked for quiet, and not before',
      ),
      test('reconcile/sweep.test.ts', 'yields to a gateway that has enough, and goes on at the same call'),
      test(
        'reconcile/sweep.test.ts',
        'goes on where it was after a kill at each of its calls, and finds the same',
      ),
    ],
  },
  {
    id: 'F30',
    fault: 'nobody knows how a charge or refund ended',
    injected: 'answers lost, cut and garbled on the gateway’s leg; the process killed',
    expected: 'checked with the gateway, one effect',
    proofs: [
      row('sweep charge'),
      row('sweep return-credit'),
      test(
        'integration/operations-charge.test.ts',
        'after %s: reload, a second click and a second rep lead to one charge',
      ),
      test(
        'integration/operations-charge.test.ts',
        'is looked up and not sent again after 25 hours in which nobody could ask',
      ),
    ],
  },
  {
    id: 'F31',
    fault: 'people do the same thing twice',
    injected: 'the same click twice and somebody else’s beside it; a payer with two tabs',
    expected: 'one effect; the other is told why',
    proofs: [row('concurrent '), row('directed rivals')],
  },
  {
    id: 'F32',
    fault: 'the app is taken off with work waiting',
    injected: 'the stand-in ends the installation',
    expected: 'calls end, tokens are erased, a new install drains once',
    proofs: [
      test(
        'integration/uninstall.test.ts',
        'is noticed at the first call, which erases the tokens and ends the calls',
      ),
      test(
        'integration/uninstall.test.ts',
        'keeps workspace, settings, ledger and queue, and installing again delivers what waited',
      ),
    ],
  },
  {
    id: 'F33',
    fault: 'the gateway’s signing secret is replaced',
    injected:
      'a new endpoint with a secret of its own, while events come; the move is killed at each of its calls',
    expected: 'no gap while both are valid',
    proofs: [
      test(
        'workspaces/move-endpoints.test.ts',
        'is replaced without a gap: both sign for a while, then only the new one',
      ),
      test('workspaces/move-endpoints.test.ts', '%s each of its calls goes on, and no event is rejected'),
      test('config.test.ts', 'takes two signing secrets of the app while one replaces the other'),
    ],
  },
  {
    id: 'F34',
    fault: 'an old and a new version at once, over a migration',
    injected: 'every table gets columns and an index under load; a file of the first version',
    expected: 'both work',
    proofs: [
      test(
        'store/postgres-versions.test.ts',
        'the older one keeps, claims, commits and delivers as before, and loses nothing',
      ),
      test(
        'store/migrate.test.ts',
        'a file of the first version keeps its queues, and what it delivered can be offered again',
      ),
    ],
  },
  {
    id: 'F35',
    fault: 'a backup of an hour ago is restored',
    injected:
      'payments and invoices between backup and restore, whose events were acknowledged and do not come again',
    expected: 'the next sweep heals the hour, nothing is sent or written twice',
    proofs: [
      test(
        'integration/restore.test.ts',
        'has what happened since found by the next sweeps, and nothing of it is done twice',
      ),
    ],
  },
  {
    id: 'F36',
    fault: 'memory under load for long',
    injected: 'twenty minutes of people at work beside five floods of events (`npm run faults -- --soak`)',
    expected: 'no growth',
    proofs: [test('faults/soak.test.ts', 'is not steady where a little more is held each minute')],
    open: 'twenty minutes have not been run; a minute and a half says nothing about growth',
  },
];

const worded = (proof: Proof): string =>
  'row' in proof ? `\`npm run faults\`: ${proof.row.trim()}` : proof.test.replace(/^(\S+)/, '`$1`');

/** The rows of the table in docs/reliability.md. */
export const matrixLines = (): string[] =>
  MATRIX.map(({ id, fault, injected, expected, proofs, open }) => {
    const measured = [...proofs.map(worded), ...(open ? [`**open**: ${open}`] : [])].join(' · ');
    return `| ${[id, fault, injected, expected, measured].join(' | ')} |`;
  });
