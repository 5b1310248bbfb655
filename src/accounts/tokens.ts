import { createHash, randomBytes } from 'node:crypto';

/** A secret for one link: 256 random bits, as text that can stand in an address. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a link's secret. A plain hash is enough: nobody tries out 256 random bits. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
