import { cursor, id, oneOf, searchOf } from '../../search-params.ts';

export const keysSearch = searchOf({ dialog: oneOf(['create', 'revoke']), key: id, cursor });
