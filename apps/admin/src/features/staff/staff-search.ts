import { id, oneOf, searchOf } from '../../search-params.ts';

/** `dialog` with the member it is about; to give a role, without one. */
export const staffSearch = searchOf({ dialog: oneOf(['grant', 'change', 'revoke']), member: id });
