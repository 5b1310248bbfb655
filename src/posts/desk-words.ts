import type { ToldEvent } from '../events/queries.ts';
import type { Frame } from '../http/render.ts';
import { stateOf } from './publication.ts';
import type { Post } from './table.ts';

type Words = Pick<Frame, 't' | 'dates' | 'timeZone'>;

/** “Draft, saved 12:04”. */
export function describeState(
  post: Pick<Post, 'published_at' | 'deleted_at' | 'updated_at'>,
  { words, now }: { words: Words; now: Date },
): string {
  const { t, dates, timeZone } = words;
  const time = post.deleted_at ?? post.published_at ?? post.updated_at;
  const saved = describeTime(post.updated_at, { words, now });
  return t(`writing.state.${stateOf(post, now)}`, { time: dates.minute(time), zone: timeZone, saved });
}

/** Who did what to a post, and when. */
export function describeChange(event: ToldEvent, { words, now }: { words: Words; now: Date }): string {
  const name = event.actor_name ?? words.t('writing.conflict.someone');
  const time = describeTime(event.created_at, { words, now });
  return words.t('writing.conflict.did', { action: event.action, name, time });
}

// The day is said where it is another one.
function describeTime(time: Date, { words: { dates }, now }: { words: Words; now: Date }): string {
  return dates.day(time) === dates.day(now) ? dates.clock(time) : dates.minute(time);
}
