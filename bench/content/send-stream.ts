import { Logger, runOnce } from 'graphile-worker';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { readReply } from '../../src/comments/form.ts';
import { postComments } from '../../src/comments/service.ts';
import type { Submission } from '../../src/comments/submission.ts';
import { sweepCopies } from '../../src/comments/sweep-copies.ts';
import type { Database } from '../../src/database.ts';
import type { JobPayloads } from '../../src/jobs/payloads.ts';
import type { MadeComment } from './made-comment.ts';

/** A site that a stream is sent to, by its database. */
export interface Site {
  readonly db: Kysely<Database>;
  readonly pool: Pool;
}

/** So many comments in their order are shared out to conversations, and those of one go in together. */
const together = 60;

/** As a site begins: comments of one network in an hour. */
const limit = 60;

/**
 * Sends comments to the path by which they are written, in the order in which they come.
 *
 * @param conversationIds of the posts, in their order.
 * @returns the ids of those that were taken, by comment.
 */
export async function sendStream(
  { db, pool }: Site,
  { comments, conversationIds }: { comments: readonly MadeComment[]; conversationIds: readonly number[] },
): Promise<Map<MadeComment, number>> {
  const ids = new Map<MadeComment, number>();
  // By which the site knows those of the stream.
  const browsers = new Map<number, number>();
  for (let at = 0; at < comments.length; at += together) {
    for (const group of groupsOf(comments.slice(at, at + together))) {
      const outcomes = await postComments(
        db,
        group.map((comment) => submissionOf(comment, { conversationIds, browsers })),
      );
      for (const [index, outcome] of outcomes.entries()) {
        const comment = group[index] as MadeComment;
        if (outcome.kind === 'invalid') throw new Error(`A comment was refused: ${JSON.stringify(outcome)}`);
        if (outcome.kind !== 'posted') continue;
        ids.set(comment, outcome.commentId);
        if (outcome.browserId !== undefined) browsers.set(comment.browser, outcome.browserId);
      }
    }
    await sweepAll({ db, pool }, comments[Math.min(at + together, comments.length) - 1]?.at as Date);
  }
  return ids;
}

// The one kind of job that decides anything.
function sweepAll({ db, pool }: Site, now: Date): Promise<void> {
  return runOnce({
    pgPool: pool,
    logger: silent,
    taskList: {
      sweep_copies: (payload) => sweepCopies(db, { ...(payload as JobPayloads['sweep_copies']), now }),
    },
  });
}

const silent = new Logger(() => () => {});

// Of one conversation, and no two of one network or browser.
function groupsOf(comments: readonly MadeComment[]): MadeComment[][] {
  const groups: MadeComment[][] = [];
  for (const comment of comments) {
    const meets = (other: MadeComment) =>
      other.browser === comment.browser || other.networkHash.equals(comment.networkHash);
    // After the last one that it must not overtake.
    const after = groups.findLastIndex((group) => group.some(meets));
    const open = groups.findIndex(
      (group, index) => index > after && group[0]?.post === comment.post && group.length < 8,
    );
    if (open < 0) groups.push([comment]);
    else groups[open]?.push(comment);
  }
  return groups;
}

function submissionOf(
  { post, browser, networkHash, name, website, body, topic, seconds, at }: MadeComment,
  { conversationIds, browsers }: { conversationIds: readonly number[]; browsers: ReadonlyMap<number, number> },
): Submission {
  return {
    conversationId: conversationIds[post] as number,
    writer: { kind: 'guest', browserId: browsers.get(browser) },
    fields: readReply({ name, website, body, topic, seconds }),
    networkHash,
    limit,
    now: at,
  };
}
