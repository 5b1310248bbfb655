import { describeEvent } from '../events/describe.ts';
import type { ToldEvent } from '../events/queries.ts';
import type { Dates } from '../http/dates.ts';
import type { Message, Translate } from '../http/messages.ts';
import type { PostMovedOn } from '../posts/take-back-post.ts';
import { versionsHref } from '../posts/version-addresses.ts';
import { type OvertakenItem, presentOvertaken } from './overtaken-view.ts';
import { wordSiteSettings } from './setting-words.ts';
import type { UndoRefused } from './undo-outcome.ts';

/** Why nothing was undone, and what still can be. */
export interface UndoRefusal {
  readonly why: Message;
  /** What was done instead, in sentences. */
  readonly told: readonly Message[];
  /** The comments to which something else was done. */
  readonly items: readonly OvertakenItem[];
  /** An offer to undo the rest of what was done together, or another event instead; undefined: there is none. */
  readonly rest: { readonly words: Message; readonly button: Message; readonly insteadId?: number } | undefined;
  /** Another way to something like it; undefined: there is none. */
  readonly way?: { readonly href: string; readonly words: Message } | undefined;
}

/** Makes ready to print why an undo was refused. */
export function presentRefusal(outcome: UndoRefused, { t, dates }: { t: Translate; dates: Dates }): UndoRefusal {
  const none = { told: [], items: [], rest: undefined };
  switch (outcome.kind) {
    case 'moved_on': {
      const items = presentOvertaken(outcome.overtaken, dates);
      const why: Message = { key: 'undo.refusedText', values: { count: items.length } };
      return { ...none, why, items, rest: offer(outcome.rest, 'undo.rest', 'undo.restButton') };
    }
    case 'edit_moved_on': {
      const items = presentOvertaken([outcome.overtaken], dates);
      return { ...none, why: { key: 'undo.editRefused' }, items, rest: offerInstead(outcome.instead) };
    }
    case 'closing_moved_on': {
      const rest = offer(outcome.rest, 'undo.restRejected', 'undo.restRejectedButton');
      return { ...none, why: { key: 'undo.closingRefused' }, told: tell(outcome.last, dates), rest };
    }
    case 'standing_moved_on':
      return { ...none, why: { key: 'undo.standingRefused' }, told: tell(outcome.last, dates) };
    case 'account_moved_on':
      return { ...none, why: { key: 'undo.accountRefused' }, told: tell(outcome.last, dates) };
    case 'last_owner':
      return { ...none, why: { key: 'people.lastOwner' } };
    case 'settings_moved_on': {
      const told = tellSince(outcome.since, { t, dates });
      const rest = offer(outcome.rest, 'undo.restSettings', 'undo.restSettingsButton');
      return { ...none, why: { key: 'undo.settingsRefused' }, told, rest };
    }
    case 'post_moved_on':
      return presentPostMovedOn(outcome, dates);
    case 'answer_moved_on':
      return { ...none, why: { key: 'undo.answerRefused' } };
  }
}

function presentPostMovedOn({ postId, why, last, topId, obstacles }: PostMovedOn, dates: Dates): UndoRefusal {
  const top =
    topId && ({ words: { key: 'undo.post.top' }, button: { key: 'undo.post.topButton' }, insteadId: topId } as const);
  const rest = obstacles && ({ words: { key: 'undo.post.rest' }, button: { key: 'undo.post.restButton' } } as const);
  const { address, authors } = obstacles ?? { address: undefined, authors: [] };
  return {
    why: { key: `undo.post.${why}` },
    told: [
      ...tell(last, dates),
      ...(address ? [{ key: `writing.error.slug.${address.taken}`, values: { slug: address.slug } } as const] : []),
      ...authors.map((name) => ({ key: 'undo.post.author', values: { name } }) as const),
    ],
    items: [],
    rest: rest ?? (top || undefined),
    way: { href: versionsHref(postId), words: { key: 'undo.post.versions' } },
  };
}

function tell(last: ToldEvent | undefined, dates: Dates): Message[] {
  return last ? [describeEvent(last, dates)] : [];
}

function offer(count: number, words: Message['key'], button: Message['key']): UndoRefusal['rest'] {
  if (count === 0) return undefined;
  return { words: { key: words, values: { count } }, button: { key: button, values: { count } } };
}

function offerInstead(insteadId: number | undefined): UndoRefusal['rest'] {
  if (insteadId === undefined) return undefined;
  return { words: { key: 'undo.instead' }, button: { key: 'undo.insteadButton' }, insteadId };
}

function tellSince(
  since: Extract<UndoRefused, { kind: 'settings_moved_on' }>['since'],
  { t, dates }: { t: Translate; dates: Dates },
): Message[] {
  const say = ({ key, values }: Message) => t(key, values);
  return since.flatMap(({ event, fields }) => [
    describeEvent(event, dates),
    ...wordSiteSettings(fields).map(
      ({ field, before, after }): Message => ({
        key: 'log.setting',
        values: { field: t(field), before: say(before), after: say(after) },
      }),
    ),
  ]);
}
