import { isErased } from '../comments/lifecycle.ts';
import { explainRule } from '../events/explain-decision.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import type { NamedComment } from '../replay/named-comments.ts';
import type { Changed, Count, Replayed, Ruling, Tally, VerdictStatus } from '../replay/result.ts';
import type { Scope } from '../replay/scope.ts';
import { mostNamed, sumChanged, verdictStatuses } from '../replay/tally.ts';

/** What rules would have done, as it is told. */
export interface ReplayReport {
  /** Of what it tells. */
  readonly about: readonly Message[];
  readonly rows: readonly { readonly label: Message; readonly before: Count; readonly after: Count }[];
  /** What would change, in a sentence or two. */
  readonly sum: readonly Message[];
  readonly kinds: readonly ChangedKind[];
}

/** Comments that would meet another verdict, of one kind. */
export interface ChangedKind {
  readonly id: string;
  readonly title: Message;
  /** Of how many a person decided otherwise; undefined: of none. */
  readonly against: Message | undefined;
  readonly items: readonly ChangedItem[];
  /** How many there are that are not named; undefined: all are. */
  readonly unnamed: Message | undefined;
}

/** One comment that would meet another verdict. */
export interface ChangedItem {
  readonly id: number;
  readonly href: string;
  /** Undefined where it was erased since. */
  readonly named: Pick<NamedComment, 'name' | 'excerpt' | 'post'> | undefined;
  readonly before: readonly Message[];
  readonly after: readonly Message[];
  /** What a person decided of it. */
  readonly decided: Message | undefined;
  /** Whether that is otherwise than the new verdict. */
  readonly against: boolean;
}

/** The comments that a report names. */
export function namedIn({ changed }: Tally): number[] {
  return changed.flatMap((kind) => namedOf(kind).map(({ commentId }) => commentId));
}

/** Makes ready to print what rules would have done. */
export function presentReplay(
  tally: Tally,
  { scope, named }: { scope: Scope; named: ReadonlyMap<number, NamedComment> },
): ReplayReport {
  const { judged, erased, decided, before, after } = tally;
  const { all, otherwise } = sumChanged(tally);
  return {
    about: [
      'days' in scope
        ? { key: 'replay.aboutDays', values: { judged, days: scope.days } }
        : { key: 'replay.aboutComments', values: { judged } },
      ...(erased > 0 ? [{ key: 'replay.erased' as const, values: { erased } }] : []),
      { key: 'replay.leftOut' },
    ],
    rows: verdictStatuses.map((status) => ({
      label: wordStatus(status),
      before: before[status],
      after: after[status],
    })),
    sum: [
      { key: 'replay.decided', values: { decided } },
      { key: 'replay.changed', values: { all } },
      ...(all > 0 ? [{ key: 'replay.changedOtherwise' as const, values: { otherwise } }] : []),
    ],
    kinds: tally.changed.filter((kind) => kind.all > 0).map((kind) => presentKind(kind, named)),
  };
}

function presentKind(kind: Changed, named: ReadonlyMap<number, NamedComment>): ChangedKind {
  const { from, to, all, otherwise } = kind;
  const items = namedOf(kind);
  const unnamed = all - items.length;
  return {
    id: `${from}-${to}`,
    title: { key: `replay.kind.${from}.${to}` as MessageKey, values: { all } },
    against: otherwise > 0 ? { key: 'replay.kindOtherwise', values: { otherwise } } : undefined,
    items: items.map((item, index) => presentItem(item, { named, against: index < kind.against.length })),
    unnamed: unnamed > 0 ? { key: 'replay.unnamed', values: { unnamed } } : undefined,
  };
}

// First those of which a person decided otherwise.
function namedOf({ against, others }: Changed): Replayed[] {
  return [...against, ...others].slice(0, mostNamed);
}

function presentItem(
  { commentId, before, after, decided }: Replayed,
  { named, against }: { named: ReadonlyMap<number, NamedComment>; against: boolean },
): ChangedItem {
  const comment = named.get(commentId);
  return {
    id: commentId,
    href: `/moderation/comments/${commentId}`,
    named: comment && !isErased(comment.status) ? comment : undefined,
    before: explainRuling(before),
    after: explainRuling(after),
    decided: decided && { key: `replay.decided.${decided}` },
    against,
  };
}

/** What a rule says, and what only staff are told beside it. */
export function explainRuling({ rule, numbers, detail }: Ruling): Message[] {
  return [
    explainRule({ rule, numbers }),
    ...(detail === undefined ? [] : [{ key: 'rule.detail' as const, values: { detail } }]),
  ];
}

/** A verdict in words. */
export function wordStatus(status: VerdictStatus): Message {
  return { key: `replay.status.${status}` };
}
