import { type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from './button.tsx';
import { Dialog, DialogActions, DialogBody } from './dialog.tsx';
import { ErrorNotice } from './notice.tsx';
import { useSendOnce } from './use-send-once.ts';

interface ConfirmDialogProps {
  title: string;
  text: ReactNode;
  confirm: string;
  pending: string;
  isPending: boolean;
  error: unknown;
  /** Does it; the dialog takes one press only until that is over. */
  onConfirm: (settled: () => void) => void;
  onClose: () => void;
  children?: ReactNode;
}

/** Asks before something is done: what, to whom, and whether it can be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, text, confirm, pending, isPending, error, onConfirm, onClose, children } = props;
  const sendOnce = useSendOnce();
  const press = () => sendOnce(onConfirm);
  return (
    <Dialog isOpen onClose={onClose} isLocked={isPending} size="sm" title={title} description={text}>
      {(children !== undefined || error !== null) && (
        <DialogBody>
          {children}
          {error !== null && <ErrorNotice error={error} />}
        </DialogBody>
      )}
      <DialogActions>
        <Button onClick={onClose} isDisabled={isPending}>
          {strings.common.cancel}
        </Button>
        <Button data-autofocus variant="primary" onClick={press} isPending={isPending}>
          {isPending ? pending : confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
