import type { Response } from 'express';
import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { type DeskPost, findAuthors, findTagNames } from './desk-queries.ts';
import type { DeskFields, PostDraft } from './form.ts';
import type { Article, PostPage } from './post-page.ts';

interface Preview extends PostPage {
  /** Where the form is that this was typed into. */
  readonly action: string;
  /** What was typed, to go back with. */
  readonly fields: DeskFields;
}

const previewView = defineView<Preview>('writing/preview');

/** Shows a draft by the template and the renderer that its readers will see it by. Saves nothing. */
export async function sendPreview(
  response: Response,
  {
    db,
    post,
    fields,
    draft,
    now,
  }: { db: Kysely<Database>; post: DeskPost | undefined; fields: DeskFields; draft: PostDraft; now: Date },
): Promise<void> {
  const [authors, names] = await Promise.all([
    findAuthors(db, draft.authors),
    findTagNames(
      db,
      draft.tags.map(({ slug }) => slug),
    ),
  ]);
  const article: Article = {
    kind: draft.kind,
    title: draft.title,
    html: draft.html,
    authors,
    tags: draft.tags
      .map(({ slug, name }) => ({ slug, name: names.get(slug) ?? name }))
      .sort((one, other) => (one.slug < other.slug ? -1 : 1)),
    publishedAt: post?.published_at ?? now,
    href: undefined,
    state: 'published',
    editHref: undefined,
  };
  const action = post ? `/write/${post.id}` : '/write/new';
  const title = frameOf(response).t('writing.preview.title', { title: draft.title });
  sendPage(response, previewView, { title, action, fields, article });
}
