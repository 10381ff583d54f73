import { cursor, day, id, matching, oneOf, searchOf } from '../../search-params.ts';

/** `video` is the one whose drawer is open, `act` what is being done with it. */
export const videosSearch = searchOf({
  status: oneOf(['pending', 'processing', 'completed', 'failed']),
  type: oneOf(['text_to_video', 'image_to_video']),
  resolution: matching(/^[1-9]\d{1,4}x[1-9]\d{1,4}$/),
  account: id,
  from: day,
  to: day,
  sort: oneOf(['oldest']),
  cursor,
  video: id,
  act: oneOf(['refund', 'delete', 'restore']),
});
export type VideosSearch = ReturnType<typeof videosSearch>;
