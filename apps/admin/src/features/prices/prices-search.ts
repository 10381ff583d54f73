import { oneOf, searchOf, text } from '../../search-params.ts';

/** `edit` with the resolution and quality whose price is changed; `add` without, or with those of an empty place. */
export const pricesSearch = searchOf({ dialog: oneOf(['edit']), resolution: text, quality: text });
