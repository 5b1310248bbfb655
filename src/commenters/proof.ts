import type { Kysely } from 'kysely';
import type { AttemptLimits } from '../accounts/attempts.ts';
import { hashToken } from '../accounts/tokens.ts';
import type { Database } from '../database.ts';
import { queueMail } from '../mail/queue.ts';
import { takeTurn } from '../turns.ts';
import { addBrowser, provedAddresses } from '../visitors/queries.ts';
import { findProof, insertProof, insertProvedAddress, useProof } from './queries.ts';

/** For how long a mailed link works. */
export const proofMinutes = 30;

/** What came of asking for a link: the browser that asked, by a row that may be new, or the seconds to wait. */
export type ProofRequest = { readonly browserId: number } | { readonly wait: number };

/**
 * Mails a link by which an address can be proved, whoever has it and whether or not anything is known of it: so the answer
 * tells nothing.
 *
 * @param email normalised, and well formed.
 * @param browserId the browser that asks; undefined: one that is not known yet.
 * @param token the secret in the link; see `newToken`.
 * @param letter the mail, with the link in it.
 */
export async function requestProof(
  { db, limits }: { db: Kysely<Database>; limits: AttemptLimits },
  {
    email,
    browserId,
    ip,
    token,
    letter,
    now,
  }: {
    email: string;
    browserId: number | undefined;
    ip: string;
    token: string;
    letter: { subject: string; body: string };
    now: Date;
  },
): Promise<ProofRequest> {
  const wait = (await limits.proofNetwork.take(ip)) ?? (await limits.proofAddress.take(email));
  if (wait !== undefined) return { wait };
  return db.transaction().execute(async (trx) => {
    const asking = browserId ?? (await addBrowser(trx, { now }));
    await insertProof(trx, {
      token_hash: hashToken(token),
      email,
      browser_id: asking,
      created_at: now,
      expires_at: new Date(now.getTime() + proofMinutes * 60_000),
      used_at: null,
    });
    await queueMail(trx, { recipient: email, ...letter, now });
    return { browserId: asking };
  });
}

/** A link that was opened: 'done' where this very browser has used it already. */
export type OpenedProof =
  | { readonly kind: 'open'; readonly email: string; readonly askedElsewhere: boolean }
  | { readonly kind: 'done' }
  | { readonly kind: 'over' }
  | { readonly kind: 'unknown' };

/** What a link is for, and whether it can still be used. Looking uses nothing up: mail scanners open links. */
export async function lookAtProof(
  db: Kysely<Database>,
  { token, browserId, now }: { token: string; browserId: number | undefined; now: Date },
): Promise<OpenedProof> {
  const proof = await findProof(db, hashToken(token));
  if (!proof) return { kind: 'unknown' };
  if (!proof.used_at && proof.expires_at > now) {
    return { kind: 'open', email: proof.email, askedElsewhere: proof.browser_id !== browserId };
  }
  const here = browserId === undefined ? [] : await provedAddresses(db, { browserId });
  return { kind: proof.used_at && here.includes(proof.email) ? 'done' : 'over' };
}

/**
 * Proves an address for the browser in which the button was pressed, wherever the link was asked for: what is proved is
 * that this browser's person reads the mail. Had it been the asking browser, an attacker would ask for a stranger's
 * address and wait for the stranger to press.
 *
 * @returns the browser, by a row that may be new; undefined where the link is over, or was used in the meantime.
 */
export async function prove(
  db: Kysely<Database>,
  { token, browserId, now }: { token: string; browserId: number | undefined; now: Date },
): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    const email = await useProof(trx, { tokenHash: hashToken(token), now });
    if (email === undefined) return undefined;
    const proving = browserId ?? (await addBrowser(trx, { now }));
    // A comment that is being written in this browser is stored first, or sees that the address is proved.
    await takeTurn(trx, { about: 'browser', id: proving });
    await insertProvedAddress(trx, { browserId: proving, email, now });
    return proving;
  });
}
