// An operator has a person erased: a payer of a gateway, or whoever a contact of a CRM pays as; or a whole workspace.
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import { command, type ControlDeps, type Typed, type Whom } from './command.ts';
import { textOfErasure, workspaceErasureShape } from './erase-workspace.ts';

const NAME_ONE =
  'Say --party with the id of a customer at the gateway, or --contact with the id of a contact in the CRM; or --workspace alone.';
const NOBODY =
  'Nobody here is called that. Look the id up at the gateway or in the CRM; --workspace ID says where.';
const SEVERAL = 'Several workspaces know that id. Say --workspace with one of: ';

const personShape = z.object({ workspaceId: z.string(), erasing: z.array(z.string()) });

const textOfPerson = ({ workspaceId, erasing }: z.infer<typeof personShape>): string =>
  `${erasing.join(', ')} of ${workspaceId}: being erased by the running connector, or as soon as one runs; ` +
  'the audit says `erase-person` when it is done';

export const erase = command({
  says: 'erases a person, and keeps the amounts; --party ID or --contact ID, --workspace ID where several know it; --workspace ID --yes alone erases all of one',
  options: {
    party: { type: 'string' },
    contact: { type: 'string' },
    workspace: { type: 'string' },
    yes: { type: 'boolean' },
  },
  result: z.union([personShape, workspaceErasureShape]),
  async run(deps, { words, options }) {
    const { party, contact, workspace, yes } = options;
    const isAll = party === undefined && contact === undefined && typeof workspace === 'string';
    if (isAll && words.length === 0) return deps.workspaces.erase(workspace, yes === true);
    if (words.length > 0 || yes !== undefined) throw requestInvalid({ publicMessage: NAME_ONE });
    return erasePerson(deps, whomIn(options), typeof workspace === 'string' ? workspace : null);
  },
  text: (said) => ('erasing' in said ? textOfPerson(said) : textOfErasure(said)),
});

function whomIn({ party, contact }: Typed['options']): Whom {
  if ((typeof party === 'string') === (typeof contact === 'string'))
    throw requestInvalid({ publicMessage: NAME_ONE });
  return { kind: typeof party === 'string' ? 'payer' : 'contact', id: String(party ?? contact) };
}

async function erasePerson(
  { eraseWhom }: ControlDeps,
  whom: Whom,
  workspaceId: string | null,
): Promise<z.infer<typeof personShape>> {
  const found = await eraseWhom.find(whom, workspaceId);
  const [only, ...others] = found;
  if (!only) throw requestInvalid({ publicMessage: NOBODY });
  if (others.length > 0)
    throw requestInvalid({ publicMessage: SEVERAL + found.map((one) => one.workspaceId).join(', ') });
  await eraseWhom.begin(only);
  return { workspaceId: only.workspaceId, erasing: only.names };
}
