import { type Kysely, type SqlBool, sql } from 'kysely';
import type { Facts } from '../comments/judge.ts';
import { isErased } from '../comments/lifecycle.ts';
import { wordsOf } from '../comments/read-text.ts';
import type { Database } from '../database.ts';
import { daysBefore } from '../days-before.ts';
import { decidingEvents } from '../events/deciding.ts';
import type { RuleSwitches } from '../rules/rule.ts';
import { trustStored } from '../text/trusted-html.ts';
import { decidedByPerson } from './decided.ts';
import type { Decided, Ruling } from './result.ts';
import type { Scope } from './scope.ts';

/** A stretch of judgements, by their ids, the ends included. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** A comment as it was judged last, with all that it takes to judge it again. */
export interface JudgedComment {
  readonly id: number;
  readonly facts: Facts;
  /** What its conversation says of rules now. */
  readonly switches: RuleSwitches;
  readonly before: Ruling;
  readonly decided: Decided | undefined;
  /** The name and the text, see `Judge`; undefined where they were erased. */
  readonly words: string | undefined;
}

// Of a comment that was edited the last judgement is about the text that is stored.
const isLatest = sql<SqlBool>`not exists (
  select from judgement later where later.comment_id = judgement.comment_id and later.id > judgement.id
)`;

/** Finds where the comments of a scope lie, and how many they are. */
export async function measureScope(
  db: Kysely<Database>,
  { scope, now }: { scope: Scope; now: Date },
): Promise<Stretch & { expected: number }> {
  const { first, last, expected } = await db
    .selectFrom(
      db
        .selectFrom('judgement')
        .select('id')
        .where(isLatest)
        .$call((query) =>
          'days' in scope
            ? query.where('judged_at', '>=', daysBefore(now, scope.days))
            : query.orderBy('id', 'desc').limit(scope.comments),
        )
        .as('judged'),
    )
    .select([
      sql<number>`coalesce(min(id), 1)`.as('first'),
      sql<number>`coalesce(max(id), 0)`.as('last'),
      sql<number>`count(*)::integer`.as('expected'),
    ])
    .executeTakeFirstOrThrow();
  return { first, last, expected };
}

/**
 * Reads some comments of a stretch, the last first.
 *
 * @returns `next`: where the rest ends; undefined where there is no more.
 */
export async function readJudged(
  db: Kysely<Database>,
  { first, last, most }: Stretch & { most: number },
): Promise<{ comments: JudgedComment[]; next: number | undefined }> {
  const rows = await db
    .selectFrom('judgement')
    .innerJoin('comment', 'comment.id', 'judgement.comment_id')
    .innerJoin('conversation', 'conversation.id', 'comment.conversation_id')
    .select([
      ...(['judgement.id as judgement_id', 'judgement.rule', 'judgement.verdict'] as const),
      ...(['judgement.facts', 'judgement.opinions', 'comment.id', 'comment.status', 'comment.name'] as const),
      ...(['comment.html', 'conversation.rule_switches'] as const),
    ])
    .where('judgement.id', '>=', first)
    .where('judgement.id', '<=', last)
    .where(isLatest)
    .orderBy('judgement.id', 'desc')
    .limit(most)
    .execute();
  const deciding = await decidingEvents(
    db,
    rows.filter(({ status }) => status !== 'pending' && !isErased(status)),
  );
  const comments = rows.map(({ id, status, name, html, ...row }): JudgedComment => {
    const opinion = row.opinions.find(({ rule }) => rule === row.rule);
    return {
      id,
      facts: row.facts,
      switches: row.rule_switches,
      before: {
        status: row.verdict,
        rule: row.rule,
        numbers: opinion?.numbers ?? {},
        detail: opinion?.detail,
      },
      decided: decidedByPerson(status, deciding.get(id)),
      words: isErased(status) ? undefined : wordsOf(name, trustStored(html)),
    };
  });
  const end = rows.at(-1)?.judgement_id ?? first;
  return { comments, next: rows.length === most && end > first ? end - 1 : undefined };
}
