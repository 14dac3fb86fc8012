// Assigning one customer: one operation id from the click to a definite end, sent again unchanged when in doubt.
import { useEffect, useRef, useState } from 'react';
import { isOutOfReach, type Failure } from '../connector.ts';
import { POLL_MS } from '../hooks/use-card-view.ts';
import { stateOf, type OperationState } from '../hooks/use-operation.ts';
import { newOperationId } from '../operation-ids.ts';
import type { OperationAnswer } from '../view-types.ts';
import type { Assignment, SettingsConnector } from './settings-connector.ts';

export type Assign = {
  state: OperationState;
  /** True while the choice may not be changed: it is under way, or must be sent again as it was. */
  locked: boolean;
  run: (assignment: Assignment) => void;
  /** Sends exactly what was sent before, under the same id; null when that would be pointless. */
  again: (() => void) | null;
};

type Sent = { operationId: string; assignment: Assignment };

const isInDoubt = (state: OperationState): boolean =>
  state.status === 'failed' && state.failure.retry !== 'never';

export function useAssign(connector: SettingsConnector, onDone: (message: string) => void): Assign {
  const [state, setState] = useState<OperationState>({ status: 'idle' });
  const sent = useRef<Sent | null>(null);
  const take = useRef<(answer: OperationAnswer | Failure) => void>(() => undefined);
  take.current = (answer) => {
    const next = stateOf(answer);
    setState(next);
    if (next.status === 'done') onDone(next.result.message);
  };

  useEffect(() => {
    if (state.status !== 'checking') return undefined;
    const follow = async (): Promise<void> => {
      const answer = await connector.operation(state.operationId);
      if (answer.ok || !isOutOfReach(answer)) take.current(answer);
      else setState((before) => ({ ...before }));
    };
    const timer = setTimeout(() => void follow(), POLL_MS);
    return () => clearTimeout(timer);
  }, [state, connector]);

  const send = (what: Sent): void => {
    sent.current = what;
    setState({ status: 'sending' });
    void connector.assign(what.operationId, what.assignment).then((answer) => take.current(answer));
  };
  const inDoubt = isInDoubt(state);
  const locked = state.status === 'sending' || state.status === 'checking' || inDoubt;
  const last = sent.current;
  return {
    state,
    locked,
    run: (assignment) => {
      if (!locked) send({ operationId: newOperationId(), assignment });
    },
    again: inDoubt && last ? () => send(last) : null,
  };
}
