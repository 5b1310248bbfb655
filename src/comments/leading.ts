import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import type { Place } from '../rules/places.ts';
import type { RenderedComment } from '../text/comment-markdown.ts';
import type { Draft } from './form.ts';
import type { Lead } from './judge.ts';
import { findLeads, placesOf } from './places.ts';
import { renderVisibly } from './rendering.ts';
import type { Submission } from './submission.ts';

/** A text as it is shown, and where it leads. */
export interface Led {
  /** Undefined where nothing of it can be seen. */
  readonly rendered: RenderedComment | undefined;
  readonly places: readonly Place[];
  readonly leads: readonly Lead[];
}

/** Renders what was written, and asks who led where it leads. */
export async function findLed(
  db: Kysely<Database>,
  { drafts, conversationId }: { drafts: ReadonlyMap<Submission, Draft>; conversationId: number },
): Promise<Map<Submission, Led>> {
  const written = [...drafts].map(([submission, { name, website, body }]) => {
    const rendered = renderVisibly(body);
    const { ownHost } = submission;
    return {
      submission,
      name,
      rendered,
      places: rendered ? placesOf({ html: rendered.html, name, website, ownHost }) : [],
    };
  });
  const leads = await findLeads(db, {
    conversationId,
    comments: written.map(({ submission: { writer, networkHash, now }, name, places }) => ({
      // The staff may lead anywhere.
      ...(writer.kind === 'guest' ? { places, browserId: writer.browserId } : { places: [], browserId: undefined }),
      networkHash,
      name,
      now,
    })),
  });
  return new Map(
    written.map(({ submission, rendered, places }, index) => [
      submission,
      { rendered, places, leads: leads[index] ?? [] },
    ]),
  );
}
