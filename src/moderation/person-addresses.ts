/** Path of the page about the person who wrote a comment. */
export function personHref(commentId: number): string {
  return `/moderation/comments/${commentId}/person`;
}

/** Path of the log of all that was decided about the person of a standing. */
export function personLogHref(standingId: number): string {
  return `/moderation/log?person=${standingId}`;
}
