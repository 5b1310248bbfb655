import { sql } from 'kysely';
import type { AlertContext } from '../../src/alerts/context.ts';
import { mailDueAlerts } from '../../src/alerts/due.ts';
import { gatherAlerts } from '../../src/alerts/gather.ts';
import { mailAlerts } from '../../src/alerts/mail.ts';
import { loadSecrets } from '../../src/site/queries.ts';
import { takeMails, type WaitingMail } from '../following/followers.ts';
import type { Asker } from '../support/comments.ts';
import { sendForm } from '../support/comments.ts';
import type { TestSite } from '../support/site.ts';

/** A job that waits, and from when on it is done. */
export interface AlertJob {
  readonly name: string;
  readonly payload: { readonly commentIds?: number[]; readonly accountId?: number };
  readonly run_at: Date;
}

/** Chooses how to be told of what waits, by the form, and has the jobs done that this adds. */
export async function choose(site: TestSite, moderator: Asker, choice: string): Promise<void> {
  const { status, text } = await sendForm(site, '/account/moderation-mail', { moderation_mail: choice }, moderator);
  if (status !== 303) throw new Error(`${status}: ${text}`);
  await doAlertJobs(site);
}

/** What the jobs are given in these tests. */
export async function alertContext(site: TestSite): Promise<AlertContext> {
  const { alerts: secret } = await loadSecrets(site.db);
  return { db: site.db, secret, siteAddress: 'https://blog.example', now: () => site.now };
}

/** Takes the jobs that wait, but for the sending of mail, without doing them. */
export async function takeAlertJobs(site: TestSite): Promise<AlertJob[]> {
  const { rows } = await sql<AlertJob>`
    with taken as (delete from graphile_worker._private_jobs returning id, task_id, payload, run_at)
    select task.identifier as name, taken.payload, taken.run_at from taken
    join graphile_worker._private_tasks task on task.id = taken.task_id
    where task.identifier in ('gather_alerts', 'mail_alerts') order by taken.id`.execute(site.db);
  return rows;
}

/** Does one job. */
export async function doAlertJob(site: TestSite, { name, payload }: AlertJob): Promise<void> {
  const context = await alertContext(site);
  const { commentIds = [], accountId = 0 } = payload;
  if (name === 'gather_alerts') await gatherAlerts(context, { commentIds });
  else await mailAlerts(context, { accountId });
}

/**
 * Does the jobs that wait, and those that they add, but none that is put off. @returns what is put off.
 */
export async function doAlertJobs(site: TestSite): Promise<AlertJob[]> {
  const later: AlertJob[] = [];
  for (;;) {
    const jobs = await takeAlertJobs(site);
    if (jobs.length === 0) return later;
    for (const job of jobs) {
      if (job.name === 'mail_alerts' && job.run_at.getTime() > Math.max(Date.now(), site.now.getTime()))
        later.push(job);
      else await doAlertJob(site, job);
    }
  }
}

/** What the clock does every hour. */
export async function mailDue(site: TestSite): Promise<void> {
  await mailDueAlerts(await alertContext(site));
}

/** Does what waits, and takes the mails of it. */
export async function alertMails(site: TestSite, recipient?: string): Promise<WaitingMail[]> {
  await doAlertJobs(site);
  return takeMails(site, recipient);
}

/** The paths of the links to decide that are in a mail, in their order. */
export function decidingLinksIn({ body }: Pick<WaitingMail, 'body'>): string[] {
  return [...body.matchAll(/https:\/\/blog\.example(\/moderation\/by-mail\/[\w-]+\.[\w-]+)$/gm)].map(
    ([, path]) => path ?? '',
  );
}

/** The address of an account. */
export async function addressOf(site: TestSite, { id }: { id: number }): Promise<string> {
  const { email } = await site.db.selectFrom('account').select('email').where('id', '=', id).executeTakeFirstOrThrow();
  return email ?? '';
}
