import { zodResolver } from '@hookform/resolvers/zod';
import type { CurrentSession } from '@reeldesk/api/contract/session';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { signIn } from '../session.ts';
import { strings } from '../strings.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Input } from '../ui/input.tsx';
import { ErrorNotice } from '../ui/notice.tsx';

const credentials = z.object({
  email: z.string().trim().min(1, strings.signIn.emailMissing),
  password: z.string().min(1, strings.signIn.passwordMissing),
});

interface SignInFormProps {
  /** Who was signed in before, to be typed no second time. */
  email?: string | null;
  onSignedIn: (session: CurrentSession) => void;
}

/** E-mail and password; refusals stand inside the form, and what was typed stays. */
export function SignInForm({ email, onSignedIn }: SignInFormProps) {
  const [failure, setFailure] = useState<unknown>(null);
  const { register, handleSubmit, formState, setFocus } = useForm({
    resolver: zodResolver(credentials),
    defaultValues: { email: email ?? '', password: '' },
  });
  const { errors, isSubmitting } = formState;
  useEffect(() => setFocus(email ? 'password' : 'email'), [email, setFocus]);
  const submit = handleSubmit(async (values) => {
    setFailure(null);
    try {
      onSignedIn(await signIn(values));
    } catch (error) {
      setFailure(error);
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-4">
      <Field label={strings.signIn.email} error={errors.email?.message}>
        {(control) => <Input type="email" autoComplete="username" {...control} {...register('email')} />}
      </Field>
      <Field label={strings.signIn.password} error={errors.password?.message}>
        {(control) => <Input type="password" autoComplete="current-password" {...control} {...register('password')} />}
      </Field>
      {failure !== null && <ErrorNotice error={failure} />}
      <Button type="submit" variant="primary" isPending={isSubmitting}>
        {strings.signIn.submit}
      </Button>
    </form>
  );
}
