import { fileURLToPath } from 'node:url';
import { apiPage } from './api-page.ts';
import { errorsPage } from './errors-page.ts';

/** The project's root, from src and from dist alike. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The pages about the API, as they should be now; paths from the root. */
export function generateApiDocs(): { path: string; content: string }[] {
  return [
    { path: 'docs/api.md', content: apiPage() },
    { path: 'docs/errors.md', content: errorsPage() },
  ];
}
