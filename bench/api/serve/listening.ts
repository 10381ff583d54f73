import { createSecretKey } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { jwtVerify } from 'jose';
import type { Setting } from '../setting.ts';

/** Runs a contender in this process: it gets the setting from its parent and tells its port. */
export function serve(start: (setting: Setting) => Promise<number>): void {
  process.once('message', (setting: Setting) => {
    void start(setting).then(
      (port) => process.send!({ port }),
      (error: Error) => process.send!({ error: error.stack }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}

/** Whose a request's token is, checked as our server does. */
export function createTokenReader({ jwtSecret, issuer }: Setting): (headers: IncomingHttpHeaders) => Promise<string> {
  const key = createSecretKey(Buffer.from(jwtSecret));
  return async ({ authorization = '' }) => {
    const { payload } = await jwtVerify(authorization.slice('Bearer '.length), key, {
      algorithms: ['HS256'],
      audience: 'authenticated',
      issuer,
    });
    return payload.sub!;
  };
}
