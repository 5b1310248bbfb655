import { isIP } from 'node:net';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { loadSite } from '../site/queries.ts';
import { isRefusedForGood, type Mailer } from './mailer.ts';
import { maskAddresses } from './mask.ts';
import { findUnsentMail, recordFailure, recordSent } from './queries.ts';

/** A mail could not be sent this time. Names no address, since it is logged; what the server said is in the row. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
}

/**
 * Sends a mail unless that is done already, and erases its text. What fails is noted; what failed for the last time, or
 * was refused for good, is given up and kept for the staff to see.
 *
 * @param lastTry whether nobody will try again.
 * @throws DeliveryError where it is to be tried again, and on the last try.
 */
export async function deliverMail(
  db: Kysely<Database>,
  {
    mailId,
    lastTry,
    mailer,
    siteAddress,
    now,
  }: {
    mailId: number;
    lastTry: boolean;
    mailer: Mailer;
    /** The site's public address, as links begin with it. */
    siteAddress: string;
    now: () => Date;
  },
): Promise<void> {
  const mail = await findUnsentMail(db, mailId);
  if (!mail) return;
  const host = mailHost(siteAddress);
  const { title } = await loadSite(db);
  try {
    await mailer({
      recipient: mail.recipient,
      subject: mail.subject,
      body: mail.body,
      unsubscribeUrl: mail.unsubscribe_url ?? undefined,
      from: { name: title, address: `noreply@${host}` },
      messageId: `<${mail.message_id}@${host}>`,
      date: mail.created_at,
    });
  } catch (error) {
    const final = lastTry || isRefusedForGood(error);
    await recordFailure(db, mailId, { error: wordsOf(error), failedAt: final ? now() : null });
    if (final && !lastTry) return;
    throw new DeliveryError(`mail ${mailId} could not be sent: ${codeOf(error)}`);
  }
  await recordSent(db, mailId, now());
}

// A number is no place for mail to come from.
function mailHost(siteAddress: string): string {
  const { hostname } = new URL(siteAddress);
  return isIP(hostname.replace(/^\[|\]$/g, '')) ? 'localhost' : hostname;
}

// Masked before it is cut: half an address would not be known for one.
function wordsOf(error: unknown): string {
  return maskAddresses(String((error as Error | undefined)?.message ?? error)).slice(0, 500);
}

function codeOf(error: unknown): string {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return [code ?? 'no code', responseCode].filter(Boolean).join(' ');
}
