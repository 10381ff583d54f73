import { z } from 'zod';
import { staffRole, timestamp, uuid } from './common.ts';

/** Who is calling. `role` is `null` for somebody who is signed in and no member of staff. */
export const currentSession = z.object({
  userId: uuid.nullable(),
  email: z.string().nullable(),
  role: staffRole.nullable(),
  kind: z.enum(['anon', 'user', 'backend']),
  expiresAt: timestamp.nullable(),
});
export type CurrentSession = z.infer<typeof currentSession>;
