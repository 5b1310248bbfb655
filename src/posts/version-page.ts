import type { Response } from 'express';
import type { Kysely } from 'kysely';
import { viewerReach } from '../accounts/viewer.ts';
import type { Database } from '../database.ts';
import { found } from '../http/errors.ts';
import type { Message, MessageKey } from '../http/messages.ts';
import { defineView, type Frame, frameOf, sendPage } from '../http/render.ts';
import { compareTexts, type Passage } from '../text/compare.ts';
import type { DeskPost } from './desk-queries.ts';
import type { Obstacles } from './earlier-text.ts';
import { findAuthorsById, findNextRevision, findRevision, findWriting, type Writing } from './revision-queries.ts';
import type { PostRevision } from './table.ts';
import { versionHref, versionsHref } from './version-addresses.ts';

/** One earlier version, what was changed after it, and the button that brings it back. */
interface VersionPage {
  readonly written: Message;
  /** Where the form goes. */
  readonly action: string;
  readonly version: string;
  /** Why it was not brought back, in sentences; the first says so. */
  readonly refused: readonly Message[];
  /** Whether all but what is in the way can be brought back. */
  readonly offersPart: boolean;
  readonly mayRestore: boolean;
  readonly binned: boolean;
  readonly mayChangeAuthors: boolean;
  /** Whether the version after it is the present one. */
  readonly isNextNow: boolean;
  readonly passages: readonly Passage[];
  readonly changes: readonly { readonly label: MessageKey; readonly before: string; readonly after: string }[];
  readonly source: string;
  readonly details: readonly { readonly label: MessageKey; readonly value: string }[];
  readonly listHref: string;
  readonly deskHref: string;
}

const versionView = defineView<VersionPage>('writing/version');

/**
 * Sends an earlier version of a post. @throws 404 where there is none.
 *
 * @param refused why it was not brought back just now: then the page is sent as 409.
 */
export async function sendVersion(
  response: Response,
  {
    db,
    post,
    eventId,
    refused,
  }: {
    db: Kysely<Database>;
    post: DeskPost;
    eventId: number;
    refused?: { readonly change: string } | { readonly obstacles: Obstacles };
  },
): Promise<void> {
  const asked = { postId: post.id, eventId };
  const revision = found(await findRevision(db, asked));
  const next = await findNextRevision(db, asked);
  const writing = await findWriting(db, asked);
  const authorIds = [...revision.author_ids, ...(next?.author_ids ?? post.authors.map(({ id }) => id))];
  const authors = await findAuthorsById(db, authorIds);
  const words = frameOf(response);
  const nameAuthors = (ids: readonly number[]) =>
    ids.map((id) => authors.get(id)?.name ?? words.t('versions.one.gone')).join(', ');
  const before = detailsOf(revision, { words, authors: nameAuthors(revision.author_ids) });
  const after = detailsOf(next ?? post, {
    words,
    authors: nameAuthors(next?.author_ids ?? post.authors.map(({ id }) => id)),
  });
  const binned = post.deleted_at !== null;
  sendPage(
    response,
    versionView,
    {
      title: words.t('versions.one.title', {
        title: revision.title,
        when: words.dates.minute(found(writing).replaced_at),
      }),
      written: wordWriting(found(writing), words),
      action: versionHref(asked),
      version: String(post.version),
      refused: refused ? explain(refused) : [],
      offersPart: refused !== undefined && 'obstacles' in refused,
      mayRestore: !binned,
      binned,
      mayChangeAuthors: viewerReach(response, 'write') === 'all',
      isNextNow: next === undefined,
      passages: compareTexts(revision.source, (next ?? post).source),
      changes: before.flatMap(({ label, value }, at) => {
        const changed = after[at]?.value ?? '';
        return changed === value ? [] : [{ label, before: value, after: changed }];
      }),
      source: revision.source,
      details: before,
      listHref: versionsHref(post.id),
      deskHref: `/write/${post.id}`,
    },
    refused ? 409 : 200,
  );
}

/** Who wrote a version, and when. */
export function wordWriting({ written_at, writer_name, undo }: Writing, { dates, t }: Frame): Message {
  if (!written_at) return { key: 'versions.unknown' };
  const name = writer_name ?? t('writing.conflict.someone');
  return { key: 'versions.written', values: { how: undo ? 'undo' : 'other', name, when: dates.minute(written_at) } };
}

function explain(refused: { readonly change: string } | { readonly obstacles: Obstacles }): Message[] {
  if ('change' in refused)
    return [{ key: 'log.person', values: { name: refused.change } }, { key: 'writing.conflict.notDone' }];
  const { address, authors } = refused.obstacles;
  return [
    { key: 'versions.restore.parts' },
    ...(address ? [{ key: `writing.error.slug.${address.taken}`, values: { slug: address.slug } } as const] : []),
    ...authors.map((name) => ({ key: 'undo.post.author', values: { name } }) as const),
  ];
}

type Detailed = Pick<PostRevision, 'kind' | 'title' | 'slug' | 'excerpt' | 'source_format' | 'tags'>;

function detailsOf(version: Detailed, { words: { t }, authors }: { words: Frame; authors: string }) {
  const { kind, title, slug, excerpt, source_format, tags } = version;
  return [
    { label: 'writing.title', value: title },
    { label: 'writing.kind', value: t(`writing.kind.${kind}`) },
    { label: 'writing.slug', value: slug },
    { label: 'writing.excerpt', value: excerpt },
    { label: 'writing.tags', value: tags.map(({ name }) => name).join(', ') },
    { label: 'writing.authors', value: authors },
    { label: 'versions.one.format', value: t(`versions.one.format.${source_format}`) },
  ] as const satisfies { label: MessageKey; value: string }[];
}
