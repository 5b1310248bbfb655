import { createHmac } from 'node:crypto';
import { uuidOf } from '../text/uuid.ts';

/**
 * The identifier that feed readers know something by (RFC 4287, 4.2.6). It depends on what the thing is and on a key of
 * this site, not on the site's address or the post's: both may change, and nothing must be shown as new for it.
 *
 * @param key the site's own for this and for nothing else: with another one, readers would take everything for new.
 * @param subject such as `post 12`, always the same for the same thing.
 */
export function feedId(key: Buffer, subject: string): string {
  return `urn:uuid:${uuidOf(createHmac('sha256', key).update(subject).digest())}`;
}
