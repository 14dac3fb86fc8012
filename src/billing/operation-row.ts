// What is kept of an operation: who began it on what, how far it got, how it ended.
import type { Instant } from '../ledger/entities.ts';

export type OperationState = 'running' | 'checking' | 'done' | 'refused';

export type OperationRow = {
  id: string;
  workspaceId: string;
  userId: string;
  kind: string;
  bodyHash: string;
  /** `recordKey` of the record it was started from. */
  record: string;
  /** What may not be touched by a second operation meanwhile: an invoice or a saved method. */
  subject: string | null;
  state: OperationState;
  request: Record<string, unknown>;
  /** Results of the steps done so far, by step name. */
  steps: Record<string, Record<string, unknown>>;
  outcome: Record<string, unknown> | null;
  startedAt: Instant;
  nextAt: Instant;
  attempts: number;
};

export type BeginOutcome =
  | { begun: 'new'; operation: OperationRow }
  | { begun: 'known'; operation: OperationRow }
  /** Same id, other caller or body. */
  | { begun: 'conflict' }
  /** Another operation on the same subject is not final. */
  | { begun: 'busy'; operation: OperationRow };
