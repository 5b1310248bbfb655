import type { Transaction } from 'kysely';
import type { Account } from '../accounts/table.ts';
import { readReply } from '../comments/form.ts';
import type { Submission } from '../comments/submission.ts';
import { changeStatus, lockWithAncestors } from '../comments/transition.ts';
import { writeComment } from '../comments/write-comments.ts';
import type { Database } from '../database.ts';
import { recordEvent } from '../events/queries.ts';
import { createPost } from '../posts/service.ts';
import { loadSite } from '../site/queries.ts';
import type { Site } from '../site/table.ts';
import { about, howWeTalk, lackingLeadership, type SampleComment, type SamplePost } from './texts.ts';

/** Who writes the sample posts: without e-mail and password, so nobody can sign in as her. */
const author = { handle: 'imogen-hartley', name: 'Imogen Hartley', role: 'author' } as const;

const hour = 3_600_000;

/**
 * Fills an empty site: a post with a closed conversation, one with an open conversation, and an About page. Everything
 * goes the way it would have gone if people had done it in the days before `now`, so the record of events is there too.
 */
export async function addSampleContent(trx: Transaction<Database>, { now }: { now: Date }): Promise<void> {
  const site = await loadSite(trx);
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * hour);
  const person = await addAuthor(trx, hoursAgo(about.hoursAgo));
  for (const sample of [about, lackingLeadership, howWeTalk]) {
    await addPost(trx, { sample, site, person, hoursAgo });
  }
}

async function addAuthor(trx: Transaction<Database>, createdAt: Date): Promise<Account> {
  return await trx
    .insertInto('account')
    .values({ ...author, email: null, password_hash: null, created_at: createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
}

interface Setting {
  readonly site: Site;
  readonly person: Account;
  readonly hoursAgo: (hours: number) => Date;
}

async function addPost(
  trx: Transaction<Database>,
  { sample, ...setting }: Setting & { sample: SamplePost },
): Promise<void> {
  const { person, hoursAgo } = setting;
  const publishedAt = hoursAgo(sample.hoursAgo);
  const { kind, title, slug, source, tags, mode } = sample;
  const { conversationId } = await createPost(trx, {
    ...{ kind, title, slug, source, tags, mode },
    authorIds: [person.id],
    publishedAt,
    actorId: person.id,
    now: publishedAt,
  });

  const ids: number[] = [];
  const browsers = new Map<string, number>();
  for (const comment of sample.comments) {
    const parent = comment.answers === undefined ? '' : String(ids[comment.answers]);
    const browserId = comment.by === undefined ? undefined : browsers.get(comment.by);
    const posted = await addComment(trx, { comment, conversationId, parent, browserId, ...setting });
    ids.push(posted.commentId);
    if (comment.by && posted.browserId !== undefined) browsers.set(comment.by, posted.browserId);
  }
  if (sample.closing) {
    await close(trx, { conversationId, person, reason: sample.closing.reason, now: hoursAgo(sample.closing.hoursAgo) });
  }
}

async function addComment(
  trx: Transaction<Database>,
  {
    comment,
    parent,
    browserId,
    conversationId,
    site,
    person,
    hoursAgo,
  }: Setting & {
    comment: SampleComment;
    parent: string;
    browserId: number | undefined;
    conversationId: number;
  },
) {
  const writer: Submission['writer'] = comment.by
    ? { kind: 'guest', browserId }
    : { kind: 'staff', id: person.id, name: person.name, role: person.role };
  const outcome = await writeComment(trx, {
    ...{ conversationId, site, writer },
    fields: { ...readReply(undefined), name: comment.by ?? '', body: comment.source, parent },
    // Nobody's network: the comments were written nowhere.
    networkHash: Buffer.alloc(16),
    limit: 0,
    now: hoursAgo(comment.hoursAgo),
  });
  if (outcome.kind !== 'posted') throw new Error(`A sample comment is ${outcome.kind}: ${JSON.stringify(outcome)}`);
  if (outcome.verdict.status === 'pending') {
    const locked = await lockWithAncestors(trx, [outcome.commentId]);
    const decidedAt = hoursAgo(comment.hoursAgo - 0.5);
    await changeStatus(trx, locked.values(), { action: 'approve', actorId: person.id, now: decidedAt });
  }
  return outcome;
}

async function close(
  trx: Transaction<Database>,
  { conversationId, person, reason, now }: { conversationId: number; person: Account; reason: string; now: Date },
): Promise<void> {
  const nobody = { reopened_by: null, reopened_at: null };
  await trx
    .insertInto('closure')
    .values({
      conversation_id: conversationId,
      comment_id: null,
      reason,
      closed_by: person.id,
      closed_at: now,
      ...nobody,
    })
    .execute();
  await recordEvent(trx, {
    ...{ subjectKind: 'conversation', subjectId: conversationId, action: 'close', from: 'open', to: 'closed' },
    actorId: person.id,
    now,
  });
}
