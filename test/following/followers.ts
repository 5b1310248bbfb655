import { sql } from 'kysely';
import { askConfirmation } from '../../src/following/confirm.ts';
import type { FollowingContext } from '../../src/following/context.ts';
import { tellDecision } from '../../src/following/decision.ts';
import { sendDigests } from '../../src/following/digest.ts';
import { tellFollowers } from '../../src/following/tell.ts';
import { tellReporter } from '../../src/reports/tell.ts';
import { loadSecrets } from '../../src/site/queries.ts';
import { sendForm } from '../support/comments.ts';
import type { TestSite } from '../support/site.ts';

/** A mail that waits to be sent. */
export interface WaitingMail {
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  /** Path of the link in its List-Unsubscribe header. */
  readonly unsubscribe: string;
}

/** A job that waits, with what it is told. */
export interface WaitingJob {
  readonly name: string;
  readonly payload: { readonly commentId?: number; readonly reportId?: number; readonly subscriptionIds?: number[] };
}

const address = 'https://blog.example';

/** What the jobs of following are given in these tests. */
export async function followingContext(site: TestSite): Promise<FollowingContext> {
  const { following: secret } = await loadSecrets(site.db);
  return { db: site.db, secret, siteAddress: address, now: () => site.now };
}

/** Does the jobs that wait, but for the sending of mail. @returns those that were done, in their order. */
export async function doJobs(site: TestSite): Promise<WaitingJob[]> {
  const jobs = await takeJobs(site);
  for (const job of jobs) await doJob(site, job);
  return jobs;
}

/** Takes the jobs that wait, but for the sending of mail, without doing them. */
export async function takeJobs(site: TestSite): Promise<WaitingJob[]> {
  const { rows } = await sql<WaitingJob>`
    with taken as (delete from graphile_worker._private_jobs returning id, task_id, payload)
    select task.identifier as name, taken.payload from taken
    join graphile_worker._private_tasks task on task.id = taken.task_id
    where task.identifier <> 'deliver_mail' order by taken.id`.execute(site.db);
  return rows;
}

/** Does one job. */
export async function doJob(site: TestSite, { name, payload }: WaitingJob): Promise<void> {
  const context = await followingContext(site);
  const { commentId = 0, reportId = 0, subscriptionIds = [] } = payload;
  if (name === 'tell_followers') await tellFollowers(context, { commentId });
  else if (name === 'tell_decision') await tellDecision(context, { commentId });
  else if (name === 'tell_reporter') await tellReporter(context, { reportId });
  else if (name === 'send_digests') await sendDigests(context);
  else if (name === 'ask_confirmation') await askConfirmation(context, { subscriptionIds });
  else throw new Error(`No job of following: ${name}`);
}

/** Sends the digests that are due. */
export async function sendDueDigests(site: TestSite): Promise<void> {
  await sendDigests(await followingContext(site));
}

/** Takes the mails that wait, to one address or to all, so that the next question is about what came since. */
export async function takeMails(site: TestSite, recipient?: string): Promise<WaitingMail[]> {
  const rows = await site.db
    .deleteFrom('mail')
    .$if(recipient !== undefined, (query) => query.where('recipient', '=', recipient ?? ''))
    .returning(['id', 'recipient', 'subject', 'body', 'unsubscribe_url'])
    .execute();
  return rows
    .sort((one, other) => one.id - other.id)
    .map((row) => ({
      recipient: row.recipient ?? '',
      subject: row.subject ?? '',
      body: row.body ?? '',
      unsubscribe: (row.unsubscribe_url ?? '').replace(address, ''),
    }));
}

/** The path of a mailed link. @throws Error where the mail has none of the kind. */
export function linkIn({ body }: Pick<WaitingMail, 'body'>, purpose: 'confirm' | 'leave' | 'leave-digest'): string {
  const link = new RegExp(`${address}(/following/${purpose}/[\\w.-]+)`).exec(body)?.[1];
  if (link === undefined) throw new Error(`No link to ${purpose} in: ${body}`);
  return link;
}

/** Has an address follow something, as its owner does: by the form, the mail and its link. */
export async function follow(
  site: TestSite,
  target: { conversation: number } | { comment: number },
  { email, pace = 'at_once', cookie }: { email: string; pace?: 'at_once' | 'daily'; cookie?: string },
): Promise<void> {
  const fields = Object.fromEntries(Object.entries(target).map(([name, id]) => [name, String(id)]));
  const asked = await sendForm(site, '/following', { ...fields, email, pace }, { cookie });
  if (asked.status !== 303) throw new Error(`${asked.status}: ${asked.text}`);
  await confirm(site, email);
}

/** Presses the button of the mail that asks for a confirmation. */
export async function confirm(site: TestSite, email: string): Promise<void> {
  await doJobs(site);
  const [mail] = await takeMails(site, email);
  if (!mail) throw new Error('No mail asks for a confirmation.');
  await sendForm(site, linkIn(mail, 'confirm'), {});
}

/** How many subscriptions there are, and how many followers. */
export async function countFollowing(site: TestSite): Promise<{ subscriptions: number; followers: number }> {
  const { rows } = await sql<{ subscriptions: number; followers: number }>`
    select (select count(*) from subscription)::integer as subscriptions,
      (select count(*) from follower)::integer as followers`.execute(site.db);
  return rows[0] ?? { subscriptions: 0, followers: 0 };
}
