import { createHmac } from 'node:crypto';

/**
 * The identifier that feed readers know something by (RFC 4287, 4.2.6). It depends on what the thing is and on a key of
 * this site, not on the site's address or the post's: both may change, and nothing must be shown as new for it.
 *
 * @param key a secret of the site; the result tells nothing about it.
 * @param subject such as `post 12`, always the same for the same thing.
 */
export function feedId(key: Buffer, subject: string): string {
  const bytes = createHmac('sha256', key).update(`feed: ${subject}`).digest().subarray(0, 16);
  // RFC 9562, 5.8: a version for ids that are made one's own way.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return `urn:uuid:${bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}
