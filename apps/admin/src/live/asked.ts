import type { Query } from '@tanstack/react-query';
import type { Asked } from './affected.ts';
import type { ProcedurePath } from './procedure-path.ts';

interface Input {
  userId?: string;
  videoId?: string;
  targetId?: string;
}

/** What a query of the API asks for; `null` for others, and for those that read page after page. */
export function askedBy({ queryKey }: Pick<Query, 'queryKey'>): Asked | null {
  const [path, options] = queryKey as [unknown, { input?: Input; type?: string } | undefined];
  if (!Array.isArray(path) || options?.type === 'infinite') {
    return null;
  }
  const { userId, videoId, targetId } = options?.input ?? {};
  return { path: path.join('.') as ProcedurePath, userId, videoId: videoId ?? targetId };
}
