// What an operator is told of a workspace that is erased, or that would be: without --yes it is only counted.
import { z } from 'zod';

export const workspaceErasureShape = z.object({
  workspaceId: z.string(),
  state: z.enum(['asked', 'erased', 'erased_before']),
  at: z.string().nullable(),
  counts: z.record(z.string(), z.int()),
  vendors: z.array(z.object({ about: z.string(), did: z.string(), problem: z.string().nullable() })),
});
type Result = z.infer<typeof workspaceErasureShape>;

export function textOfErasure({ workspaceId, state, at, counts, vendors }: Result): string {
  if (state === 'erased_before') return `${workspaceId} was erased at ${at}; nothing of it is left`;
  const isAsked = state === 'asked';
  const found = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  return [
    isAsked
      ? `${workspaceId} would be erased for good, for everybody in it. Type the same with --yes.`
      : `${workspaceId} is erased`,
    `  ${found.join(', ')}`,
    ...vendors.map(({ about, did, problem }) =>
      problem === null ? `  ${about}: ${did}` : `  ${about}: ${did}? ${problem}`,
    ),
  ].join('\n');
}
