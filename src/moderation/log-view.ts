import { explainVerdict } from '../comments/explain.ts';
import type { RuleName } from '../comments/policies.ts';
import { describeEvent } from '../events/describe.ts';
import type { Standing } from '../events/standing.ts';
import type { Dates } from '../http/dates.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import { hrefOf } from '../posts/addresses.ts';
import type { Moderator } from './decide.ts';
import { type LogRow, mostTogether } from './log-queries.ts';
import { isUndoable, mayUndo } from './undo.ts';

/** Something that happened, as the log tells it. */
export interface LogItem {
  readonly id: number;
  /** What was done, by whom and when. */
  readonly told: Message;
  /** What it was done to, and where that is; without an address where it is nowhere. */
  readonly subject: { readonly words: Message; readonly href: string | undefined };
  /** From which status to which, where one changed. */
  readonly step: { readonly from: MessageKey; readonly to: MessageKey } | undefined;
  /** What the rule says that decided, where one did. */
  readonly rule: Message | undefined;
  readonly reason: string;
  readonly note: string;
  /** How many others were done in one go with it. */
  readonly others: number;
  /** Whether there are more than were counted. */
  readonly manyOthers: boolean;
  readonly undone: boolean;
  /** Whether it can be undone, of this subject: others that were done along with it may have moved on. */
  readonly mayUndo: boolean;
  readonly historyHref: string | undefined;
  readonly byHref: string | undefined;
  readonly postHref: string | undefined;
}

/**
 * Makes a row of the log ready to print.
 *
 * @param standing what holds of all that happened to the same thing.
 * @param reader who may undo what, see `mayUndo`.
 */
export function presentLogItem(
  row: LogRow,
  { standing, reader, dates }: { standing: Standing; reader: Moderator; dates: Dates },
): LogItem {
  const undoable = isUndoable(row);
  return {
    id: row.id,
    told: describeEvent(row, dates),
    subject: subjectOf(row),
    step: stepOf(row),
    rule: row.rule === null ? undefined : explainVerdict({ rule: row.rule as RuleName, numbers: row.numbers }),
    reason: row.reason ?? '',
    note: row.note ?? '',
    others: undoable ? Math.max(0, Math.min(mostTogether, Number(row.together ?? 0)) - 1) : 0,
    manyOthers: Number(row.together ?? 0) > mostTogether,
    undone: undoable && !standing.holding.has(row.id),
    mayUndo: mayUndo(row, reader) && standing.undoable.has(row.id),
    historyHref: row.subject_kind === 'comment' ? `/moderation/log?comment=${row.subject_id}` : undefined,
    byHref: row.actor_id === null ? undefined : `/moderation/log?by=${row.actor_id}`,
    postHref: row.post_id === null ? undefined : `/moderation/log?post=${row.post_id}`,
  };
}

function subjectOf(row: LogRow): LogItem['subject'] {
  const { post_kind, post_slug, post_title } = row;
  const href = post_kind && post_slug ? hrefOf({ kind: post_kind, slug: post_slug }) : undefined;
  switch (row.subject_kind) {
    case 'comment': {
      const name = row.comment_name ?? '';
      const words: Message = name ? { key: 'log.commentBy', values: { name } } : { key: 'log.commentErased' };
      return { words, href: `/comments/${row.subject_id}` };
    }
    case 'conversation':
      return { words: { key: 'log.conversation', values: { title: post_title ?? '' } }, href };
    case 'post':
      return { words: { key: 'log.person', values: { name: post_title ?? '' } }, href };
    case 'account':
      return { words: { key: 'log.person', values: { name: row.person_name ?? '' } }, href: undefined };
    case 'site':
      return { words: { key: 'log.site' }, href: undefined };
  }
}

function stepOf({ subject_kind, from_status, to_status }: LogRow): LogItem['step'] {
  if (subject_kind !== 'comment' || !from_status || !to_status || from_status === to_status) return undefined;
  return { from: `status.${from_status}` as MessageKey, to: `status.${to_status}` as MessageKey };
}
