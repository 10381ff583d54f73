import { cursor, searchOf, text } from '../../search-params.ts';

export const accountsSearch = searchOf({ q: text, cursor });
