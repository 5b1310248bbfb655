import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { moderatorActions } from '../../src/comments/lifecycle.ts';
import type { Database } from '../../src/database.ts';
import type { SubjectKind } from '../../src/events/table.ts';
import { standingKinds } from '../../src/persons/standing.ts';
import { lastEvent } from '../support/comments.ts';
import { pick } from '../support/threads.ts';
import type { FuzzClient } from './fuzz-client.ts';

/** What all know: where one can comment, and what was said so far. */
export interface FuzzWorld {
  readonly db: Kysely<Database>;
  readonly slugs: readonly string[];
  /** Ids of comments that were acknowledged, with the paths of their posts. */
  readonly said: Map<number, string>;
  /** Texts of replies that were published along with an approval. */
  readonly answered: string[];
}

/** One who does something at random. */
export interface Player extends FuzzClient {
  readonly random: () => number;
}

/** Something that somebody does, whether or not they may. */
export type Act = (world: FuzzWorld, player: Player) => Promise<unknown>;

const subjectKinds: readonly SubjectKind[] = [
  'comment',
  'conversation',
  'branch',
  'site',
  'standing',
  'appeal',
  'report',
];

/** What anybody may try, each as often as it is listed: also what they may not. */
const everybody: readonly Act[] = [post, post, post, reply, reply, reply, reply, edit, edit, remove, report];

/** What guests do beside that. */
export const guests: readonly Act[] = [...everybody, appeal, appeal, decide];

/** What the staff does beside that. */
export const staff: readonly Act[] = [
  ...everybody,
  ...Array<Act>(8).fill(decide),
  decideSeveral,
  decideSeveral,
  approveWithReply,
  ...Array<Act>(4).fill(undo),
  undoAnswer,
  undoAnswer,
  close,
  close,
  reopen,
  reopen,
  reopen,
  setTerms,
  setTerms,
  pin,
  pin,
  unpin,
  stand,
  endStanding,
  sweep,
  answerAppeal,
  answerAppeal,
  dismiss,
  dismiss,
];

/** Says something about one of the posts. */
export function post(world: FuzzWorld, player: Player): Promise<void> {
  return say(world, player, { slug: pick(player.random, world.slugs), parent: '' });
}

async function reply(world: FuzzWorld, player: Player): Promise<void> {
  const parent = anyComment(world, player);
  const slug = world.said.get(parent);
  if (slug) await say(world, player, { slug, parent: String(parent) });
}

// Now and then the same form is sent twice at once, to any of the processes.
async function say(
  world: FuzzWorld,
  player: Player,
  { slug, parent }: { slug: string; parent: string },
): Promise<void> {
  const body = `Said ${randomUUID()}${player.random() < 0.1 ? ' https://a.example https://b.example https://c.example' : ''}`;
  const form = { name: 'Greta Guest', body, parent, key: randomUUID() };
  const times = player.texts.size > 0 && player.random() < 0.2 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, () => player.send(`/posts/${slug}/comments`, form)));
  const taken = answers.find(({ status }) => status === 303);
  if (!taken) return;
  const id = Number(/\d+/.exec(taken.location)?.[0]);
  player.texts.set(id, body);
  world.said.set(id, slug);
}

async function edit(_world: FuzzWorld, player: Player): Promise<void> {
  const id = anyOwn(player);
  const body = `Edited ${randomUUID()}${player.random() < 0.2 ? ' https://a.example https://b.example https://c.example' : ''}`;
  const { status } = await player.send(`/comments/${id}/edit`, { body });
  if (status === 303) player.texts.set(id, body);
}

async function remove(_world: FuzzWorld, player: Player): Promise<void> {
  const id = anyOwn(player);
  const { status } = await player.send(`/comments/${id}/delete`);
  if (status === 303) player.texts.set(id, '');
}

async function report(world: FuzzWorld, player: Player): Promise<void> {
  await player.send(`/comments/${anyComment(world, player)}/report`, { kind: pick(player.random, ['spam', 'abuse']) });
}

async function appeal(_world: FuzzWorld, player: Player): Promise<void> {
  await player.send(`/comments/${anyOwn(player)}/appeal`, { text: 'It was irony.' });
}

async function decide(world: FuzzWorld, player: Player): Promise<void> {
  const id = anyComment(world, player);
  const seen = player.random() < 0.5 ? { seen: String((await lastEvent(world.db, 'comment', id)).id) } : {};
  const words = player.random() < 0.2 ? { reason: 'Not here.', note: 'The same as yesterday.' } : {};
  await player.send(`/moderation/comments/${id}/decisions`, { action: anyAction(player), ...seen, ...words });
}

async function decideSeveral(world: FuzzWorld, player: Player): Promise<void> {
  const ids = Array.from({ length: 2 + Math.floor(player.random() * 8) }, () => String(anyComment(world, player)));
  await player.send('/moderation/decisions', { ids, action: anyAction(player) });
}

async function approveWithReply(world: FuzzWorld, player: Player): Promise<void> {
  const reply = `Answered ${randomUUID()}`;
  const form = { action: 'approve', reply, key: randomUUID() };
  const { status } = await player.send(`/moderation/comments/${anyComment(world, player)}/decisions`, form);
  if (status === 303) world.answered.push(reply);
}

function undo(world: FuzzWorld, player: Player): Promise<void> {
  return undoOneOf(world, player, { kinds: subjectKinds, latest: 20 });
}

// What leaves a comment as it is, and is seldom among the latest.
function undoAnswer(world: FuzzWorld, player: Player): Promise<void> {
  return undoOneOf(world, player, { kinds: ['appeal', 'report'], latest: 5 });
}

async function undoOneOf(
  { db }: FuzzWorld,
  player: Player,
  { kinds, latest }: { kinds: readonly SubjectKind[]; latest: number },
): Promise<void> {
  const events = await db
    .selectFrom('event')
    .select('id')
    .where('subject_kind', 'in', kinds)
    .where('actor_id', 'is not', null)
    .where('action', 'not in', ['post', 'edit', 'delete', 'create'])
    .orderBy('id', 'desc')
    .limit(latest)
    .execute();
  const event = pick(player.random, events);
  const partly = player.random() < 0.5 ? { partly: '1' } : {};
  if (event) await player.send('/moderation/undo', { event: String(event.id), ...partly });
}

async function close(world: FuzzWorld, player: Player): Promise<void> {
  const waiting = player.random() < 0.5 ? 'reject' : '';
  const soon = new Date(Date.now() + 60_000).toISOString().slice(0, 16);
  const begins_at = player.random() < 0.2 ? soon : '';
  await player.send(`${anyPlace(world, player)}/closures`, { reason: 'That is enough.', waiting, begins_at });
}

async function reopen(world: FuzzWorld, player: Player): Promise<void> {
  await player.send(`${anyPlace(world, player)}/closures/current/reopen`);
}

// At the desk of a post: who may reply, and whether it closes by itself.
async function setTerms({ db, slugs }: FuzzWorld, player: Player): Promise<void> {
  const slug = pick(player.random, slugs);
  const post = await db.selectFrom('post').select(['id', 'version']).where('slug', '=', slug).executeTakeFirstOrThrow();
  const terms = {
    mode: pick(player.random, ['site', 'open', 'first_held', 'all_held']),
    closing: pick(player.random, ['site', 'never']),
  };
  await player.send(`/write/${post.id}`, { ...terms, version: String(post.version) });
}

async function pin(world: FuzzWorld, player: Player): Promise<void> {
  await player.send(`/comments/${anyComment(world, player)}/pin`);
}

async function unpin({ db }: FuzzWorld, player: Player): Promise<void> {
  const pinned = pick(player.random, await db.selectFrom('pin').select('comment_id').execute());
  if (pinned) await player.send(`/comments/${pinned.comment_id}/unpin`);
}

async function stand(world: FuzzWorld, player: Player): Promise<void> {
  const form = { kind: pick(player.random, standingKinds), by: 'browser', ends: 'day', reason: 'So it is.' };
  await player.send(`/moderation/comments/${anyComment(world, player)}/person/standings`, form);
}

async function endStanding({ db }: FuzzWorld, player: Player): Promise<void> {
  const rows = await db.selectFrom('standing').select('id').orderBy('id', 'desc').limit(5).execute();
  const standing = pick(player.random, rows);
  if (standing) await player.send(`/moderation/people/${standing.id}/end`);
}

async function sweep(world: FuzzWorld, player: Player): Promise<void> {
  const which = pick(player.random, ['browser:pending', 'browser:all']);
  const form = { which, action: pick(player.random, ['reject', 'spam']) };
  await player.send(`/moderation/comments/${anyComment(world, player)}/person/sweeps`, form);
}

async function answerAppeal({ db }: FuzzWorld, player: Player): Promise<void> {
  const rows = await db.selectFrom('appeal').select('id').orderBy('id', 'desc').limit(5).execute();
  const filed = pick(player.random, rows);
  const form = { action: pick(player.random, ['uphold', 'overturn']), reason: 'It was not.' };
  if (filed) await player.send(`/moderation/appeals/${filed.id}/decisions`, form);
}

async function dismiss({ db }: FuzzWorld, player: Player): Promise<void> {
  const rows = await db.selectFrom('report').select(['id', 'comment_id']).orderBy('id', 'desc').limit(10).execute();
  const filed = pick(player.random, rows);
  if (filed) await player.send(`/moderation/reports/${filed.comment_id}/dismissals`, { through: String(filed.id) });
}

// The site seldom: all who write wait until it opens again.
function anyPlace(world: FuzzWorld, player: Player): string {
  const dice = player.random();
  if (dice < 0.1) return '/moderation';
  return dice < 0.5 ? `/posts/${pick(player.random, world.slugs)}` : `/comments/${anyComment(world, player)}`;
}

// Mostly a late one: these are what all act upon.
function anyComment({ said }: FuzzWorld, { random }: Player): number {
  const ids = [...said.keys()];
  return pick(random, random() < 0.7 ? ids.slice(-25) : ids);
}

function anyOwn({ texts, random }: Player): number {
  return pick(random, [...texts.keys()]);
}

function anyAction({ random }: Player): string {
  return pick(random, moderatorActions);
}
