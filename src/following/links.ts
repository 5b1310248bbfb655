import { createHmac, timingSafeEqual } from 'node:crypto';
import { readId } from '../http/fields.ts';

/**
 * What a mailed link is for: to say yes to subscriptions, to end them, to end a follower's whole digest; to say something
 * against a decision, or to see what became of a report; to end the mail about what waits.
 */
export type LinkPurpose = 'confirm' | 'leave' | 'leave-digest' | 'appeal' | 'report' | 'leave-alerts';

const places: Readonly<Record<LinkPurpose, string>> = {
  confirm: '/following/confirm',
  leave: '/following/leave',
  'leave-digest': '/following/leave-digest',
  appeal: '/appeals',
  report: '/reports',
  'leave-alerts': '/moderation/by-mail/leave',
};

/** What mailed links are made with. */
export interface LinkMaker {
  /** The site's public address, without a trailing slash. */
  readonly siteAddress: string;
  /** 32 bytes: whoever has a link got it by mail. */
  readonly secret: Buffer;
}

const mostIds = 10;

/**
 * A link for a mail. It holds ids and a signature, no address, and can be made again for each mail.
 *
 * @param ids of subscriptions; for `leave-digest` of one follower, for `appeal` of a comment and of the event that decided on it,
 * for `report` of a report, for `leave-alerts` of an account.
 */
export function mailedLink({ siteAddress, secret }: LinkMaker, purpose: LinkPurpose, ids: readonly number[]): string {
  const named = ids.join('-');
  return `${siteAddress}${places[purpose]}/${named}.${sign(secret, purpose, named).toString('base64url')}`;
}

/** The ids in a link's last part; undefined where we did not sign it for this purpose. */
export function readMailedLink(secret: Buffer, purpose: LinkPurpose, token: string): number[] | undefined {
  const [named = '', signature = '', ...more] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const right = sign(secret, purpose, named);
  if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const ids = named.split('-').map(readId);
  return ids.length <= mostIds && ids.every((id) => id !== undefined) ? ids : undefined;
}

// 128 bits: nobody tries them out over the network.
function sign(secret: Buffer, purpose: LinkPurpose, named: string): Buffer {
  return createHmac('sha256', secret).update(`${purpose} ${named}`).digest().subarray(0, 16);
}
