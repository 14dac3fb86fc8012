// The customers without a record as the connector lists them, and without those that have just been assigned.
import { useCallback, useEffect, useState } from 'react';
import type { Failure } from '../connector.ts';
import type { UnmatchedAnswer, UnmatchedPayer } from '../view-types.ts';
import type { SettingsConnector } from './settings-connector.ts';

export type UnmatchedState =
  | { status: 'loading' }
  | { status: 'error'; failure: Failure }
  /** `total`: how many there are, also those that are not in `payers`. */
  | { status: 'ready'; payers: readonly UnmatchedPayer[]; total: number };

export type Unmatched = {
  state: UnmatchedState;
  reload: () => void;
  /** Takes a customer off the list, and asks for the next ones where more are waiting. */
  remove: (customerId: string) => void;
};

function without(before: UnmatchedState, customerId: string): UnmatchedState {
  if (before.status !== 'ready') return before;
  const payers = before.payers.filter((payer) => payer.customerId !== customerId);
  return { ...before, payers, total: before.total - (before.payers.length - payers.length) };
}

const hasMore = (state: UnmatchedState): boolean =>
  state.status === 'ready' && state.total > state.payers.length;

export function useUnmatched({ unmatched }: SettingsConnector): Unmatched {
  const [state, setState] = useState<UnmatchedState>({ status: 'loading' });
  const take = useCallback((answer: UnmatchedAnswer | Failure) => {
    if (answer.ok) setState({ status: 'ready', payers: answer.payers, total: answer.total });
    else setState((before) => (before.status === 'ready' ? before : { status: 'error', failure: answer }));
  }, []);
  const reload = useCallback(() => void unmatched().then(take), [unmatched, take]);
  useEffect(reload, [reload]);
  const remove = (customerId: string): void => {
    setState((before) => without(before, customerId));
    if (hasMore(state)) reload();
  };
  return { state, reload, remove };
}
