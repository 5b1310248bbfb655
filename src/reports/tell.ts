import type { FollowingContext } from '../following/context.ts';
import { mailedLink } from '../following/links.ts';
import { createTranslate } from '../http/messages.ts';
import { queueMail } from '../mail/queue.ts';
import { loadSite } from '../site/queries.ts';
import { findAnswered } from './queries.ts';
import { stateOutcome } from './statement.ts';

/**
 * Tells whoever reported a comment what became of it: once, and then the address is erased. Nobody has proved the address, so
 * the mail holds the site's words alone. What was opened again before it could be told is told when it is settled.
 */
export async function tellReporter(context: FollowingContext, { reportId }: { reportId: number }): Promise<void> {
  const site = await loadSite(context.db);
  const t = createTranslate(site.language);
  await context.db.transaction().execute(async (trx) => {
    const now = context.now();
    const open = await trx
      .selectFrom('report')
      .select(['email', 'outcome'])
      .where('id', '=', reportId)
      .forUpdate()
      .executeTakeFirst();
    if (!open?.email || open.outcome === null) return;
    const report = await findAnswered(trx, reportId);
    if (!report) return;
    const link = mailedLink(context, 'report', [reportId]);
    const body = [
      t('letter.report.opening', { site: site.title }),
      ...stateOutcome(report, { publicly: true }).map(({ key, values }) => t(key, values)),
      t('letter.report.link', { link }),
      ['-- ', t('letter.report.once')].join('\n'),
    ];
    await queueMail(trx, {
      recipient: open.email,
      subject: t('letter.report.subject', { site: site.title }),
      body: `${body.join('\n\n')}\n`,
      now,
    });
    await trx.updateTable('report').set({ told_at: now, email: null }).where('id', '=', reportId).execute();
  });
}
