import { type CommentStatus, commentStatuses, isErased } from '../comments/lifecycle.ts';
import { readFields, readId } from '../http/fields.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import { holdingRules, type RuleName } from '../rules/rule.ts';

/** What a comment of the queue has in common with another one. */
export const likenesses = ['by', 'network', 'same'] as const;

/** `by`: its writer, known by browser, proved address or account. `network`: where it came from. `same`: its text. */
export type Likeness = (typeof likenesses)[number];

/** Which comments the queue lists. */
export interface QueueFilter {
  readonly status: CommentStatus;
  /** Only what a rule took for spam, and nobody has decided on since. */
  readonly unconfirmed: boolean;
  readonly postId: number | undefined;
  /** Only what has this in common with a comment. */
  readonly like: { readonly kind: Likeness; readonly commentId: number } | undefined;
  /** Only what this rule held. */
  readonly rule: RuleName | undefined;
  readonly age: QueueAge | undefined;
  /** Letters that stand in the text or the name, whatever their case; empty: any. */
  readonly text: string;
}

/** Only what was written before, or after, so many hours or days ago. */
export interface QueueAge {
  readonly side: 'older' | 'newer';
  readonly count: number;
  readonly unit: 'hours' | 'days';
}

// What was erased is no moderator's any more.
export const queueStatuses = commentStatuses.filter((status) => !isErased(status));

/** Longest text that is looked for, in characters, and the oldest age, in hours or days. */
export const longestText = 100;
const mostUnits = 9_999;

const hour = 3_600_000;
const lengths = { hours: hour, days: 24 * hour };

const names = ['status', 'unconfirmed', 'post', ...likenesses, 'rule', 'age', 'than', 'unit', 'text'] as const;

/** Reads filters out of an address or a form; what makes no sense filters nothing. */
export function readFilter(source: unknown): QueueFilter {
  const fields = readFields(source, names);
  const kind = likenesses.find((each) => readId(fields[each]) !== undefined);
  const count = readId(fields.than);
  const side = (['older', 'newer'] as const).find((each) => each === fields.age);
  const status = queueStatuses.find((each) => each === fields.status) ?? 'pending';
  return {
    status,
    unconfirmed: status === 'spam' && fields.unconfirmed === '1',
    postId: readId(fields.post),
    like: kind && { kind, commentId: Number(fields[kind]) },
    rule: holdingRules.find((each) => each === fields.rule),
    age:
      side && count
        ? { side, count: Math.min(count, mostUnits), unit: fields.unit === 'days' ? 'days' : 'hours' }
        : undefined,
    text: [...fields.text.trim()].slice(0, longestText).join(''),
  };
}

/** The fields by which an address or a form says the same filters again. */
export function filterFields(filter: QueueFilter): Record<string, string> {
  const { status, unconfirmed, postId, like, rule, age, text } = filter;
  return {
    ...(status !== 'pending' && { status }),
    ...(unconfirmed && status === 'spam' && { unconfirmed: '1' }),
    ...(postId !== undefined && { post: String(postId) }),
    ...(like && { [like.kind]: String(like.commentId) }),
    ...(rule && { rule }),
    ...(age && { age: age.side, than: String(age.count), unit: age.unit }),
    ...(text !== '' && { text }),
  };
}

/** The address of the queue with these filters. @param after id of the last comment of the page before. */
export function queueHref(filter: QueueFilter, after?: number): string {
  const query = new URLSearchParams(filterFields(filter));
  if (after !== undefined) query.set('after', String(after));
  return query.size === 0 ? '/moderation' : `/moderation?${query}`;
}

/** No filter but the status. */
export function unfiltered(status: CommentStatus): QueueFilter {
  const other = { postId: undefined, like: undefined, rule: undefined, age: undefined, text: '' };
  return { status, unconfirmed: false, ...other };
}

/** What a rule took for spam, and nobody has decided on since. */
export const unconfirmedSpam: QueueFilter = { ...unfiltered('spam'), unconfirmed: true };

/** The moment that an age is about. */
export function momentOf({ count, unit }: QueueAge, now: Date): Date {
  return new Date(now.getTime() - count * lengths[unit]);
}

/** A filter in words, and the filters that remain without it. */
export interface WordedFilter {
  readonly words: Message;
  readonly without: QueueFilter;
}

/**
 * Says in words what is listed, the status left out.
 *
 * @param names of what the filters are about: the title of the post, the writer of the comment.
 */
export function wordFilters(
  filter: QueueFilter,
  { title, name }: { title: string | undefined; name: string | undefined },
): WordedFilter[] {
  const { unconfirmed, postId, like, rule, age, text } = filter;
  return [
    ...(unconfirmed ? [{ words: words('filter.is.unconfirmed'), without: { ...filter, unconfirmed: false } }] : []),
    ...(postId === undefined
      ? []
      : [{ words: words('filter.is.post', { title: title ?? '' }), without: { ...filter, postId: undefined } }]),
    ...(like
      ? [{ words: words(`filter.is.${like.kind}`, { name: name ?? '' }), without: { ...filter, like: undefined } }]
      : []),
    ...(rule ? [{ words: words(`filter.rule.${rule}`), without: { ...filter, rule: undefined } }] : []),
    ...(age
      ? [
          {
            words: words(`filter.is.${age.side}`, { count: age.count, unit: age.unit }),
            without: { ...filter, age: undefined },
          },
        ]
      : []),
    ...(text === '' ? [] : [{ words: words('filter.is.text', { text }), without: { ...filter, text: '' } }]),
  ];
}

function words(key: string, values?: Message['values']): Message {
  return { key: key as MessageKey, ...(values && { values }) };
}
