import type { Comment } from './table.ts';

/** Who asks, as far as it can be proved: by signing in, or by the cookie of a browser. */
export interface Claimant {
  readonly accountId: number | undefined;
  /** The browsers that this person has written in. */
  readonly browserIds: readonly number[];
}

/**
 * Whether somebody wrote a comment. What one of the staff wrote hangs on the account, and anybody else's on the browser: a
 * name or an address that was typed proves nothing.
 */
export function isWriter(
  { account_id, browser_id }: Pick<Comment, 'account_id' | 'browser_id'>,
  { accountId, browserIds }: Claimant,
): boolean {
  if (account_id !== null) return account_id === accountId;
  return browser_id !== null && browserIds.includes(browser_id);
}

/** Whether somebody wrote a comment in another browser that proved the same address; these are the ones proved in theirs. */
export function isWriterByMail(
  { email, email_proved }: Pick<Comment, 'email' | 'email_proved'>,
  provedAddresses: readonly string[],
): boolean {
  return email_proved && email !== null && provedAddresses.includes(email);
}
