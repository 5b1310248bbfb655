import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkMaker } from '../following/links.ts';
import { readId } from '../http/fields.ts';

/** For so long a mailed link decides. */
export const hoursToDecide = 72;

/** What a mailed link gives: one person may decide on one comment for a time, without signing in. */
export interface DecidingRight {
  readonly accountId: number;
  readonly commentId: number;
  /** In whole seconds. */
  readonly expiresAt: Date;
}

/**
 * The link that gives a right. It holds ids, a time and a signature, so that nothing has to be kept for it.
 *
 * @param key of the account, see `mailed_rights_key`: with another one the signature is wrong.
 */
export function decidingLink({ siteAddress, secret }: LinkMaker, right: DecidingRight, key: string): string {
  const named = nameRight(right);
  return `${siteAddress}/moderation/by-mail/${named}.${sign(secret, named, key).toString('base64url')}`;
}

/** What a link claims: nothing is known yet of whether it is true, see `isSigned`. Undefined where it is no link of ours. */
export function readClaim(token: string): (DecidingRight & { readonly signature: Buffer }) | undefined {
  const [named = '', signature = '', ...more] = token.split('.');
  const [account, comment, seconds = '', ...others] = named.split('-');
  const [accountId, commentId] = [readId(account), readId(comment)];
  if (more.length + others.length > 0 || !accountId || !commentId || !/^[1-9]\d{0,11}$/.test(seconds)) return undefined;
  const expiresAt = new Date(Number(seconds) * 1000);
  return { accountId, commentId, expiresAt, signature: Buffer.from(signature, 'base64url') };
}

/** Whether we gave a right, and the account's key is still the one of then. */
export function isSigned(claim: DecidingRight & { readonly signature: Buffer }, secret: Buffer, key: string): boolean {
  const right = sign(secret, nameRight(claim), key);
  return claim.signature.length === right.length && timingSafeEqual(claim.signature, right);
}

function nameRight({ accountId, commentId, expiresAt }: DecidingRight): string {
  return `${accountId}-${commentId}-${Math.floor(expiresAt.getTime() / 1000)}`;
}

// 128 bits: nobody tries them out over the network.
function sign(secret: Buffer, named: string, key: string): Buffer {
  return createHmac('sha256', secret).update(`decide ${named} ${key}`).digest().subarray(0, 16);
}
