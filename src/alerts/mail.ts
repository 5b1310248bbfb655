import type { Transaction } from 'kysely';
import type { Account } from '../accounts/table.ts';
import type { Database } from '../database.ts';
import { decidingEvents } from '../events/deciding.ts';
import { lastClosing } from '../following/digest-time.ts';
import { createDates } from '../http/dates.ts';
import { createTranslate } from '../http/messages.ts';
import { addJob } from '../jobs/queries.ts';
import { queueMail } from '../mail/queue.ts';
import { loadSite } from '../site/queries.ts';
import type { Site } from '../site/table.ts';
import type { AlertContext } from './context.ts';
import { explainWaiting } from './explain.ts';
import { wordAlert } from './letter.ts';
import { hoursToDecide } from './right.ts';
import { shareGathered, takeGathered } from './waiting.ts';

/** Between two mails to one person lie so many minutes at least; what begins to wait meanwhile gathers. */
export const pauseMinutes = 10;

/**
 * Mails to a moderator what has gathered and still waits. The mail and the marks of what it tells are one transaction, so it does
 * not matter how often the job is done; where the last mail is too young, another job follows.
 */
export async function mailAlerts(context: AlertContext, { accountId }: { accountId: number }): Promise<void> {
  const now = context.now();
  const site = await loadSite(context.db);
  await context.db.transaction().execute(async (trx) => {
    const choice = await findReader(trx, accountId);
    if (!choice) return;
    const until = choice.moderation_mail === 'daily' ? lastClosing(now, site.time_zone) : now;
    // Comments first, as anywhere. Whoever else mails to this person waits at the account, and finds nothing afterwards.
    const commentIds = await shareGathered(trx, { accountId, until });
    const account = await findReader(trx, accountId, { locked: true });
    if (commentIds.length === 0 || account?.moderation_mail !== choice.moderation_mail) return;
    const next = pauseEnd(account);
    if (account.moderation_mail === 'at_once' && next > now) {
      return addJob(trx, 'mail_alerts', { accountId }, { once: true, runAt: next });
    }
    await mail(trx, { account, commentIds, site, context, now });
  });
}

type Reader = Pick<Account, 'id' | 'role' | 'moderation_mail' | 'alerted_at' | 'mailed_rights_key'> & {
  readonly email: string;
};

async function findReader(
  trx: Transaction<Database>,
  id: number,
  { locked = false } = {},
): Promise<Reader | undefined> {
  return trx
    .selectFrom('account')
    .select(['id', 'role', 'email', 'moderation_mail', 'alerted_at', 'mailed_rights_key'])
    .where('id', '=', id)
    .where('moderation_mail', '<>', 'none')
    .where('disabled_at', 'is', null)
    .where('email', 'is not', null)
    .$if(locked, (query) => query.forNoKeyUpdate())
    .$narrowType<{ email: string }>()
    .executeTakeFirst();
}

function pauseEnd({ alerted_at }: Pick<Account, 'alerted_at'>): Date {
  return new Date((alerted_at?.getTime() ?? 0) + pauseMinutes * 60_000);
}

async function mail(
  trx: Transaction<Database>,
  {
    account,
    commentIds,
    site,
    context,
    now,
  }: { account: Reader; commentIds: readonly number[]; site: Site; context: AlertContext; now: Date },
): Promise<void> {
  const { quoted, count } = await takeGathered(trx, { account, commentIds, site, now });
  if (count === 0) return;
  const deciding = await decidingEvents(
    trx,
    quoted.map(({ id }) => ({ id, status: 'pending' })),
  );
  const dates = createDates(site.language, site.time_zone);
  const letter = wordAlert(
    { ...context, site: site.title, t: createTranslate(site.language), dates },
    {
      account,
      comments: quoted.map((comment) => ({ ...comment, why: explainWaiting(deciding.get(comment.id), dates) })),
      count,
      expiresAt: new Date(now.getTime() + hoursToDecide * 3_600_000),
    },
  );
  await queueMail(trx, { ...letter, recipient: account.email, now });
  await trx.updateTable('account').set({ alerted_at: now }).where('id', '=', account.id).execute();
}
