import { useSession } from '../session.ts';
import { requireSignIn, type SignInNeed } from '../sign-in-state.ts';
import { strings } from '../strings.ts';
import { announce } from '../ui/announcer.tsx';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Signs in again over the page, so that a half-filled form under it is kept. */
export function SignInAgain({ need }: { need: NonNullable<SignInNeed> }) {
  const { email } = useSession();
  return (
    <Dialog
      isOpen
      onClose={() => requireSignIn(null)}
      isForced={need === 'ended'}
      size="sm"
      title={strings.signIn.again}
      description={need === 'early' ? strings.signIn.againEarlyText : strings.signIn.againText}
    >
      <DialogBody>
        <SignInForm email={email} onSignedIn={() => announce(strings.signIn.renewed)} />
      </DialogBody>
    </Dialog>
  );
}
