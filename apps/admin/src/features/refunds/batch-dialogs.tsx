import type { Candidate } from './candidate.ts';
import { BatchDialog } from './batch-dialog.tsx';
import { BatchDraftDialog } from './batch-draft-dialog.tsx';
import { BatchListDialog } from './batch-list-dialog.tsx';

interface BatchDialogsProps {
  userId: string;
  /** `new` for what is selected, `list` for those of before, or the id of one. */
  batch: string;
  draft: readonly Candidate[];
  onBegun: (id: string) => void;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** The dialogs of bulk refunds; their address says which is open. */
export function BatchDialogs({ userId, batch, draft, onBegun, onOpen, onClose }: BatchDialogsProps) {
  if (batch === 'new') {
    return <BatchDraftDialog userId={userId} rows={draft} onBegun={onBegun} onClose={onClose} />;
  }
  if (batch === 'list') {
    return <BatchListDialog userId={userId} onOpen={onOpen} onClose={onClose} />;
  }
  return <BatchDialog key={batch} userId={userId} id={batch} onClose={onClose} />;
}
