// A whole sweep, asked for by an operator: what it found per workspace and in all, and what of it was written.
import { z } from 'zod';
import { requestInvalid, storeUnavailable } from '../errors.ts';
import { command } from './command.ts';

const figures = {
  checked: z.int(),
  missing: z.int(),
  different: z.int(),
  /** Records that somebody changed in the CRM. */
  edited: z.int(),
  /** How many of these were left so, as the workspace wishes. */
  kept: z.int(),
  repaired: z.int(),
  crmWrites: z.int(),
  waiting: z.int(),
  verifiedAt: z.string().nullable(),
  problems: z.array(z.string()),
};
const day = { account: z.string(), day: z.string(), currency: z.string() };
const proofShape = z.object({
  until: z.string().nullable(),
  settled: z.array(
    z.object({
      ...day,
      capturedMinor: z.int(),
      refundedMinor: z.int(),
      disputedMinor: z.int(),
      feesMinor: z.int(),
    }),
  ),
  gaps: z.array(
    z.object({
      ...day,
      kind: z.enum(['captured', 'refunded', 'disputed']),
      state: z.enum(['unproven', 'different']),
      ledgerMinor: z.int(),
      gatewayMinor: z.int(),
      count: z.int(),
    }),
  ),
});
const reportShape = z.object({ workspaceId: z.string(), ...figures, proof: proofShape });
const sumShape = z.object({ ...figures, workspaces: z.array(reportShape) });
type Report = z.infer<typeof reportShape>;
type Sum = z.infer<typeof sumShape>;

const NOBODY = 'No connector runs here that could be asked. Start it first.';

export const reconcile = command({
  says: 'compares ledger, gateway and CRM now, repairs and reports; --workspace ID, --full for all of history',
  options: { workspace: { type: 'string' }, full: { type: 'boolean' } },
  result: sumShape,
  async run(deps, { options }) {
    if (!deps.reconcile) throw storeUnavailable({ publicMessage: NOBODY });
    const workspaceId = typeof options['workspace'] === 'string' ? options['workspace'] : null;
    const reports = await deps.reconcile(workspaceId, options['full'] === true);
    if (workspaceId !== null && reports.length === 0)
      throw requestInvalid({
        publicMessage: `No workspace with a gateway account is called ${workspaceId}.`,
      });
    return sumOf(reports);
  },
  text: (sum) =>
    [
      ...sum.workspaces.flatMap((report) => [
        lineOf(report.workspaceId, report),
        ...proofLines(report.proof),
      ]),
      lineOf('in all', sum),
    ].join('\n'),
});

const COUNTS = [
  'checked',
  'missing',
  'different',
  'edited',
  'kept',
  'repaired',
  'crmWrites',
  'waiting',
] as const;

function sumOf(workspaces: Report[]): Sum {
  const add = (name: (typeof COUNTS)[number]): number =>
    workspaces.reduce((sum, report) => sum + report[name], 0);
  const known = workspaces.map(({ verifiedAt }) => verifiedAt);
  return {
    checked: add('checked'),
    missing: add('missing'),
    different: add('different'),
    edited: add('edited'),
    kept: add('kept'),
    repaired: add('repaired'),
    crmWrites: add('crmWrites'),
    waiting: add('waiting'),
    verifiedAt: known.includes(null) ? null : (known.toSorted()[0] ?? null),
    problems: workspaces.flatMap(({ problems }) => problems),
    workspaces,
  };
}

function lineOf(name: string, report: Omit<Report, 'workspaceId' | 'proof'>): string {
  const { checked, missing, different, crmWrites, waiting, verifiedAt, problems } = report;
  const found = `checked ${checked}, missing ${missing}, different ${different}, ${editedText(report)}`;
  const done = `written ${crmWrites}, waiting ${waiting}`;
  return [
    `${name}: ${found}; ${done}; verified ${verifiedAt ?? 'never'}`,
    ...problems.map((text) => `  ${text}`),
  ].join('\n');
}

const editedText = ({ edited, kept }: Pick<Report, 'edited' | 'kept'>): string =>
  kept === 0 ? `edited by hand ${edited}` : `edited by hand ${edited} (${kept} kept)`;

/** As many days as a person reads; tools get all of them. */
const LINES = 10;

function proofLines({ until, gaps }: Report['proof']): string[] {
  const shown = gaps.slice(-LINES).map(({ day: on, account, kind, currency, ledgerMinor, gatewayMinor }) => {
    const amounts = `${ledgerMinor} in the ledger, ${gatewayMinor} in the balance`;
    return `  ${on}  ${account}  ${kind} ${currency}: ${amounts} (minor units)`;
  });
  return [`  proven against the balance until ${until ?? 'no day yet'}`, ...shown];
}
