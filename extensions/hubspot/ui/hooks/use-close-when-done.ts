// Closes a dialog when its operation has ended well and left nothing to pass on or to look at.
import { useEffect } from 'react';
import type { OperationState } from './use-operation.ts';

export function useCloseWhenDone(state: OperationState, close: () => void): void {
  const isOver =
    state.status === 'done' && state.result.payUrl === undefined && state.result.code === undefined;
  useEffect(() => {
    if (isOver) close();
  }, [isOver]);
}
