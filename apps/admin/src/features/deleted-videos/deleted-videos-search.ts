import { cursor, id, searchOf } from '../../search-params.ts';

/** `restore` is the video whose dialog is open. */
export const deletedVideosSearch = searchOf({ account: id, cursor, restore: id });
