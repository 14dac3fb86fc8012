// Which dialogs are open: an action stays in place while its dialog is, even when the view no longer offers it.
import { useCallback, useMemo, useState } from 'react';

export type Dialogs = {
  isOpen: (id: string) => boolean;
  opened: (id: string) => void;
  closed: (id: string) => void;
};

export function useDialogs(): Dialogs {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const opened = useCallback((id: string) => setOpen((ids) => new Set(ids).add(id)), []);
  const closed = useCallback(
    (id: string) => setOpen((ids) => new Set([...ids].filter((other) => other !== id))),
    [],
  );
  return useMemo(() => ({ isOpen: (id) => open.has(id), opened, closed }), [open, opened, closed]);
}
