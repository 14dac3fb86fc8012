// An operator has a person erased: a payer of a gateway, or whoever a contact of a CRM pays as.
import { z } from 'zod';
import { requestInvalid } from '../errors.ts';
import { command } from './command.ts';

const NAME_ONE =
  'Say --party with the id of a customer at the gateway, or --contact with the id of a contact in the CRM.';
const NOBODY =
  'Nobody here is called that. Look the id up at the gateway or in the CRM; --workspace ID says where.';
const SEVERAL = 'Several workspaces know that id. Say --workspace with one of: ';

export const erase = command({
  says: 'erases a person, and keeps the amounts; --party ID or --contact ID, --workspace ID where several know it',
  options: { party: { type: 'string' }, contact: { type: 'string' }, workspace: { type: 'string' } },
  result: z.object({ workspaceId: z.string(), erasing: z.array(z.string()) }),
  async run({ eraseWhom }, { words, options }) {
    const { party, contact, workspace } = options;
    const isOne = (typeof party === 'string') !== (typeof contact === 'string');
    if (!isOne || words.length > 0) throw requestInvalid({ publicMessage: NAME_ONE });
    const whom = {
      kind: typeof party === 'string' ? 'payer' : 'contact',
      id: String(party ?? contact),
    } as const;
    const found = await eraseWhom.find(whom, typeof workspace === 'string' ? workspace : null);
    const [only, ...others] = found;
    if (!only) throw requestInvalid({ publicMessage: NOBODY });
    if (others.length > 0)
      throw requestInvalid({
        publicMessage: SEVERAL + found.map(({ workspaceId }) => workspaceId).join(', '),
      });
    await eraseWhom.begin(only);
    return { workspaceId: only.workspaceId, erasing: only.names };
  },
  text: ({ workspaceId, erasing }) =>
    `${erasing.join(', ')} of ${workspaceId}: being erased by the running connector, or as soon as one runs; ` +
    'the audit says `erase-person` when it is done',
});
