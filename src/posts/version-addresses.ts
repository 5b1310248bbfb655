/** Where the earlier versions of a post are listed. */
export function versionsHref(postId: number): string {
  return `/write/${postId}/history`;
}

/** Where one of them can be read, and brought back. @param eventId of the edit that replaced it. */
export function versionHref({ postId, eventId }: { postId: number; eventId: number }): string {
  return `${versionsHref(postId)}/${eventId}`;
}
