// Modals and panels: which are open, the dialogs that draw them, and how a button knows its own.
import {
  createContext,
  useContext,
  useEffect,
  useId,
  useRef,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { createPortal } from 'react-dom';

/** Travels as the second argument of a card's handlers. */
export type Reactions = {
  openModal(id: string): void;
  closeModal(id: string): void;
  openPanel(id: string): void;
  closePanel(id: string): void;
};

/** Which overlays of one card are open; two cards may use the same ids. */
export type Overlays = {
  reactions: Reactions;
  subscribe(listener: () => void): () => void;
  open(): ReadonlySet<string>;
};

export function createOverlays(): Overlays {
  const listeners = new Set<() => void>();
  let open: ReadonlySet<string> = new Set();
  const change = (next: Iterable<string>) => {
    open = new Set(next);
    for (const listener of listeners) listener();
  };
  const show = (id: string) => change([...open, id]);
  const hide = (id: string) => change([...open].filter((one) => one !== id));
  return {
    reactions: { openModal: show, closeModal: hide, openPanel: show, closePanel: hide },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open: () => open,
  };
}

const OwnOverlays = createContext(createOverlays());
export const OverlaysOf = OwnOverlays.Provider;

/** The reactions of the card that the component stands in. */
export const useReactions = (): Reactions => useContext(OwnOverlays).reactions;

const Owner = createContext<((id: string) => void) | undefined>(undefined);

/** Wraps a trigger's overlay, so that the trigger learns which id to open. */
export function OverlayOf({ overlay, found }: { overlay: ReactNode; found: (id: string) => void }) {
  return overlay ? <Owner.Provider value={found}>{overlay}</Owner.Provider> : null;
}

type DialogProps = { title: string; className: string; children: ReactNode; onClose: () => void };

/** The browser's own modal dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, className, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (event: { preventDefault(): void }) => {
    event.preventDefault();
    onClose();
  };
  return createPortal(
    <dialog ref={dialog} className={className} aria-labelledby={heading} onCancel={cancel}>
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="dialog-close" aria-label="Close" onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      {children}
    </dialog>,
    document.body,
  );
}

export type OverlayProps = {
  id: string;
  title?: string;
  'aria-label'?: string;
  width?: string;
  variant?: string;
  children?: ReactNode;
  onOpen?: () => void;
  onClose?: () => void;
};

function Overlay({ shape, ...props }: OverlayProps & { shape: 'modal' | 'panel' }) {
  const { id, title, width = 'sm', variant = 'default', children, onOpen, onClose } = props;
  const found = useContext(Owner);
  const overlays = useContext(OwnOverlays);
  const isOpen = useSyncExternalStore(overlays.subscribe, overlays.open).has(id);
  useEffect(() => found?.(id), [found, id]);
  useEffect(() => {
    if (isOpen) onOpen?.();
  }, [isOpen]);
  if (!isOpen) return null;
  const close = () => {
    overlays.reactions.closeModal(id);
    onClose?.();
  };
  return (
    <Dialog
      title={title ?? props['aria-label'] ?? ''}
      className={`${shape} ${width} ${variant}`}
      onClose={close}
    >
      {children}
    </Dialog>
  );
}

export const Modal = (props: OverlayProps) => <Overlay {...props} shape="modal" />;
export const Panel = (props: OverlayProps) => <Overlay {...props} shape="panel" />;

type Part = { children?: ReactNode };
export const OverlayBody = ({ children }: Part) => <div className="dialog-body">{children}</div>;
export const OverlayFooter = ({ children }: Part) => <footer className="dialog-foot">{children}</footer>;
export const PanelSection = ({ children }: Part) => <section className="panel-section">{children}</section>;
