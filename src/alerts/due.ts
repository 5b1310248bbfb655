import { sql } from 'kysely';
import type { AlertContext } from './context.ts';
import { mailAlerts } from './mail.ts';

/**
 * Mails to all moderators what is due: the digests that were closed, and what a lost job would have told at once. One
 * of them is one transaction, see `mailAlerts`.
 */
export async function mailDueAlerts(context: AlertContext): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    select id from account
    where moderation_mail <> 'none' and exists (select from alert where account_id = account.id and told_at is null)
    order by id`.execute(context.db);
  for (const { id } of rows) await mailAlerts(context, { accountId: id });
}
