// `payside rebuild`: the ledger folded again from all facts, compared with what is stored, and put right unless it is a check.
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import { command } from './command.ts';

const found = { facts: z.int(), rows: z.int(), different: z.int() };
const ofWorkspace = z.object({ workspaceId: z.string(), ...found, keys: z.array(z.string()) });
const resultShape = z.object({ workspaces: z.array(ofWorkspace), ...found, repaired: z.int() });

/** Named; of more, how many there are is enough. */
const NAMED = 20;

export const rebuildLedger = command({
  says: 'folds all facts again and puts the stored ledger right; --check only compares; --workspace ID',
  options: { check: { type: 'boolean' }, workspace: { type: 'string' } },
  result: resultShape,
  async run({ store, rebuild }, { options }) {
    const isCheck = options['check'] === true;
    const known = (await store.workspaces()).map(({ id }) => id);
    const wanted = typeof options['workspace'] === 'string' ? [options['workspace']] : known;
    const unknown = wanted.find((id) => !known.includes(id));
    if (unknown) throw requestInvalid({ publicMessage: `No workspace is called ${unknown}.` });
    const workspaces: z.infer<typeof ofWorkspace>[] = [];
    for (const workspaceId of wanted) {
      const { facts, rows, different: keys } = await rebuild(workspaceId, isCheck);
      workspaces.push({ workspaceId, facts, rows, different: keys.length, keys: keys.slice(0, NAMED) });
    }
    const sum = (name: 'facts' | 'rows' | 'different'): number =>
      workspaces.reduce((total, one) => total + one[name], 0);
    const different = sum('different');
    return {
      workspaces,
      facts: sum('facts'),
      rows: sum('rows'),
      different,
      repaired: isCheck ? 0 : different,
    };
  },
  text: ({ workspaces, repaired }) =>
    [
      ...workspaces.flatMap(({ workspaceId, facts, rows, different, keys }) => [
        `${workspaceId}: ${facts} facts, ${rows} rows, ${different} different`,
        ...keys.map((key) => `  ${key}`),
        ...(different > keys.length ? [`  and ${different - keys.length} more`] : []),
      ]),
      ...(repaired > 0 ? [`${repaired} put right; their records are computed anew`] : []),
    ].join('\n'),
  isFailure: ({ different, repaired }) => different > repaired,
});
