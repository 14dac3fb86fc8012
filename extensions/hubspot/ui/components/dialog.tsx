// A dialog behind a button or menu item: its content lives while it is open, and on while its operation is.
import { Fragment, useState, type ReactElement } from 'react';
import { Modal } from '@hubspot/ui-extensions';
import { useCard } from '../card-context.ts';

export type DialogContent = {
  /** Names the operation; see `useOperation`. */
  operationKey: string;
  close: () => void;
};

export type DialogOptions = {
  id: string;
  title: string;
  width?: 'sm' | 'md' | 'lg';
  danger?: boolean;
  content: (dialog: DialogContent) => ReactElement;
};

/** Props for the thing that opens the dialog. */
export type DialogTrigger = { overlay: ReactElement; onClick: () => void };

export function useDialog({ id, title, width = 'sm', danger, content }: DialogOptions): DialogTrigger {
  const { actions, dialogs, ids } = useCard();
  const [openings, setOpenings] = useState(0);
  const open = () => {
    if (!ids.isOpen(id)) setOpenings((count) => count + 1);
    dialogs.opened(id);
  };
  const close = () => {
    dialogs.closed(id);
    actions.closeOverlay(id);
  };
  const isMounted = openings > 0 && (dialogs.isOpen(id) || ids.isOpen(id));
  const overlay = (
    <Modal
      id={id}
      title={title}
      width={width}
      variant={danger ? 'danger' : 'default'}
      onClose={() => dialogs.closed(id)}
    >
      {isMounted && <Fragment key={openings}>{content({ operationKey: id, close })}</Fragment>}
    </Modal>
  );
  return { overlay, onClick: open };
}
