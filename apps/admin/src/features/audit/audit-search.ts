import { cursor, id, searchOf, text } from '../../search-params.ts';

export const auditSearch = searchOf({ action: text, account: id, actor: id, cursor });
