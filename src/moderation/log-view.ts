import { permissions } from '../accounts/permissions.ts';
import { describeEvent } from '../events/describe.ts';
import { explainRule } from '../events/explain-decision.ts';
import type { Standing } from '../events/standing.ts';
import type { Dates } from '../http/dates.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import { hrefOf } from '../posts/addresses.ts';
import { versionsHref } from '../posts/version-addresses.ts';
import { type LogRow, mostTogether } from './log-queries.ts';
import { isUndoable, mayUndo } from './may-undo.ts';
import type { Moderator } from './moderator.ts';
import { personHref, personLogHref } from './person-addresses.ts';
import { type SettingWords, wordConversationSettings, wordSiteSettings } from './setting-words.ts';

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
  /** What was set, of the site or a conversation, where the reader may see that. */
  readonly settings: readonly SettingWords[];
  /** How many others were done in one go with it. */
  readonly others: number;
  /** Whether there are more than were counted. */
  readonly manyOthers: boolean;
  readonly undone: boolean;
  /** Whether it can be undone, of this subject: others that were done along with it may have moved on. */
  readonly mayUndo: boolean;
  /** Where all is listed that happened to the same comment, or was decided about the same person; the earlier versions of a post. */
  readonly history: { readonly href: string; readonly words: MessageKey } | undefined;
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
    rule: row.rule === null ? undefined : explainRule({ rule: row.rule, numbers: row.numbers }),
    ...wordsOf(row),
    settings: settingsOf(row, reader),
    others: undoable ? Math.max(0, Math.min(mostTogether, Number(row.together ?? 0)) - 1) : 0,
    manyOthers: Number(row.together ?? 0) > mostTogether,
    undone: undoable && !standing.holding.has(row.id),
    mayUndo: mayUndo(row, reader) && standing.undoable.has(row.id),
    history: historyOf(row, reader),
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
    case 'branch':
      return {
        words: { key: 'log.branch', values: { name: row.comment_name ?? '', title: post_title ?? '' } },
        href: `/comments/${row.subject_id}/thread`,
      };
    case 'appeal':
    case 'report': {
      const name = row.comment_name ?? '';
      const words: Message = name
        ? { key: `log.${row.subject_kind}`, values: { name } }
        : { key: `log.${row.subject_kind}Erased` };
      return { words, href: row.comment_id === null ? undefined : `/comments/${row.comment_id}` };
    }
    case 'conversation':
      return { words: { key: 'log.conversation', values: { title: post_title ?? '' } }, href };
    case 'post':
      return { words: { key: 'log.person', values: { name: post_title ?? '' } }, href };
    case 'account':
      return { words: { key: 'log.person', values: { name: row.person_name ?? '' } }, href: undefined };
    case 'standing': {
      const name = row.judged_name ?? '';
      const words: Message = name ? { key: 'log.writer', values: { name } } : { key: 'log.writerErased' };
      return { words, href: row.standing_comment_id === null ? undefined : personHref(row.standing_comment_id) };
    }
    case 'site':
      return { words: { key: 'log.site' }, href: undefined };
  }
}

// What was said when a standing was given lies beside it; nothing is said when it ends.
function wordsOf({ action, reason, note, standing_reason, standing_note }: LogRow): Pick<LogItem, 'reason' | 'note'> {
  if (!action.startsWith('stand_')) return { reason: reason ?? '', note: note ?? '' };
  return { reason: standing_reason ?? '', note: standing_note ?? '' };
}

function historyOf({ subject_kind, subject_id, on_own_post }: LogRow, reader: Moderator): LogItem['history'] {
  if (subject_kind === 'comment') return { href: `/moderation/log?comment=${subject_id}`, words: 'log.commentHistory' };
  if (subject_kind === 'standing') return { href: personLogHref(subject_id), words: 'log.personHistory' };
  const writes = permissions[reader.viewer.role].write === 'all' || on_own_post;
  if (subject_kind === 'post' && writes) return { href: versionsHref(subject_id), words: 'log.postVersions' };
  return undefined;
}

function stepOf({ subject_kind, from_status, to_status }: LogRow): LogItem['step'] {
  if (!from_status || !to_status || from_status === to_status) return undefined;
  if (subject_kind === 'account' && from_status in permissions)
    return { from: `role.${from_status}` as MessageKey, to: `role.${to_status}` as MessageKey };
  if (subject_kind === 'account')
    return { from: `log.${from_status}` as MessageKey, to: `log.${to_status}` as MessageKey };
  if (subject_kind !== 'comment') return undefined;
  return { from: `status.${from_status}` as MessageKey, to: `status.${to_status}` as MessageKey };
}

// What the site is set to is for those who may set it; a conversation’s settings are plain to see.
function settingsOf(row: LogRow, reader: Moderator): readonly SettingWords[] {
  if (!row.changed_settings) return wordConversationSettings(row);
  return mayUndo(row, reader) ? wordSiteSettings(row.changed_settings) : [];
}
