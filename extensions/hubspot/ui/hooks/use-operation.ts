// One thing a person does: sent once under one id, followed until its end, sent again under the same id when in doubt.
import { useCallback, useEffect, useRef, useState } from 'react';
import { useCard } from '../card-context.ts';
import { isOutOfReach, type Failure, type OperationBody } from '../connector.ts';
import type { OperationAnswer, OperationKind, Outcome } from '../view-types.ts';
import { POLL_MS } from './use-card-view.ts';

export type OperationResult = Outcome['result'];

export type OperationState =
  | { status: 'idle' }
  | { status: 'sending' }
  /** The gateway has not said yet how it ended. */
  | { status: 'checking'; operationId: string; message: string }
  | { status: 'done'; result: OperationResult }
  | { status: 'failed'; failure: Failure; payUrl?: string };

export type Operation<K extends OperationKind> = {
  state: OperationState;
  /** True while nothing may be changed: it is under way, or must be sent again as it was. */
  locked: boolean;
  run: (body: OperationBody<K>) => void;
  /** Sends exactly what was sent before, under the same id; null when that would be pointless. */
  again: (() => void) | null;
};

/** What an answer means to the person who acted. */
export function stateOf(answer: OperationAnswer | Failure): OperationState {
  if (!answer.ok) return { status: 'failed', failure: answer };
  const { state, result, operationId } = answer.outcome;
  if (state === 'done') return { status: 'done', result };
  if (state === 'checking') return { status: 'checking', operationId, message: result.message };
  const { message, code = 'refused', payUrl } = result;
  const failure: Failure = { ok: false, code, message, retry: 'never' };
  return { status: 'failed', failure, ...(payUrl !== undefined && { payUrl }) };
}

const isEnded = (state: OperationState): boolean =>
  state.status === 'done' || (state.status === 'failed' && state.failure.retry === 'never');

/** What the page has to say: nothing where the dialog stays open, with a failure or a link to pass on, and says it itself. */
function alertOf(
  state: OperationState,
  isOpen: boolean,
): { type: 'success' | 'warning' | 'danger'; message: string } | null {
  if (state.status === 'failed') return isOpen ? null : { type: 'danger', message: state.failure.message };
  if (state.status !== 'done' || (isOpen && state.result.payUrl !== undefined)) return null;
  const { code, message } = state.result;
  // A code beside what was done says that something is left to look at.
  return { type: code === undefined ? 'success' : 'warning', message };
}

/** Takes an answer in: new view, alert, and the id given back once it has ended. */
function useTakeAnswer(key: string, setState: (state: OperationState) => void) {
  const { actions, apply, dialogs, ids, keepQrCode } = useCard();
  return (answer: OperationAnswer | Failure): void => {
    const state = stateOf(answer);
    if (isEnded(state)) ids.settle(key);
    setState(state);
    if ('view' in answer && answer.view) apply(answer.view);
    const alert = alertOf(state, dialogs.isOpen(key));
    if (alert) actions.addAlert(alert);
    if (state.status !== 'done') return;
    const { invoiceId, qr } = state.result;
    if (invoiceId !== undefined && qr !== undefined) keepQrCode(invoiceId, qr);
    actions.refreshObjectProperties();
  };
}

/** `key` names the thing acted on and the dialog it is done in: two openings of one form mean one operation. */
export function useOperation<K extends OperationKind>(kind: K, key: string): Operation<K> {
  const { connector, ids } = useCard();
  const [state, setState] = useState<OperationState>({ status: 'idle' });
  const sent = useRef<OperationBody<K> | null>(null);
  const take = useRef<(answer: OperationAnswer | Failure) => void>(() => undefined);
  take.current = useTakeAnswer(key, setState);

  const send = (body: OperationBody<K>): void => {
    if (state.status !== 'idle' && state.status !== 'failed') return;
    sent.current = body;
    setState({ status: 'sending' });
    void connector.start(kind, ids.take(key), body).then((answer) => take.current(answer));
  };

  const follow = useCallback(
    async (operationId: string) => {
      const answer = await connector.operation(operationId);
      if (answer.ok || !isOutOfReach(answer)) take.current(answer);
      else setState((before) => ({ ...before }));
    },
    [connector],
  );
  useEffect(() => {
    if (state.status !== 'checking') return undefined;
    const timer = setTimeout(() => void follow(state.operationId), POLL_MS);
    return () => clearTimeout(timer);
  }, [state, follow]);

  const inDoubt = state.status === 'failed' && state.failure.retry !== 'never';
  const body = sent.current;
  return {
    state,
    locked: state.status === 'sending' || state.status === 'checking' || inDoubt,
    run: send,
    again: inDoubt && body ? () => send(body) : null,
  };
}
