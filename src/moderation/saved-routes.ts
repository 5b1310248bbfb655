import { type Request, type RequestHandler, type Response, Router } from 'express';
import { requirePermission, signedInViewer, viewerReach } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { forbidden, found, notFound } from '../http/errors.ts';
import { readFields, readId } from '../http/fields.ts';
import { leaveNotice } from '../http/notice.ts';
import { defineView, frameOf, sendPage } from '../http/render.ts';
import { normaliseLine } from '../text/plain-text.ts';
import { sendNotDone } from './not-done.ts';
import {
  addSavedWords,
  changeSavedWords,
  endSavedWords,
  listSavedWords,
  longestSaved,
  longestTitle,
  type SavedEntry,
  type SavedOutcome,
} from './saved-words.ts';
import type { SavedKind } from './table.ts';

interface SavedPage {
  readonly kinds: readonly {
    readonly kind: SavedKind;
    readonly entries: readonly SavedEntry[];
    readonly longest: number;
  }[];
  readonly longestTitle: number;
}

const savedView = defineView<SavedPage>('moderation/saved');
const kinds: readonly SavedKind[] = ['reason', 'reply'];

/**
 * Words that all moderators use: `GET /moderation/saved`, `POST /moderation/saved`, `POST /moderation/saved/:id` and
 * `POST /moderation/saved/:id/end`. Who moderates own posts only can choose them, and change none.
 */
export function savedRoutes({ db, now }: AppContext): Router {
  const router = Router();
  router.use('/moderation/saved', requirePermission('moderate'), requireAll);

  router.get('/moderation/saved', async (_request, response) => {
    const all = await listSavedWords(db);
    sendPage(response, savedView, {
      title: frameOf(response).t('saved.title'),
      hiddenFromSearch: true,
      kinds: kinds.map((kind) => ({
        kind,
        entries: all.filter((each) => each.kind === kind),
        longest: longestSaved[kind],
      })),
      longestTitle,
    });
  });

  router.post('/moderation/saved', async (request, response) => {
    const kind = found(kinds.find((each) => each === readFields(request.body, ['kind']).kind));
    answer(request, response, await addSavedWords(db, { words: { kind, ...readWords(request) }, ...saver(response) }));
  });

  router.post('/moderation/saved/:id', async (request, response) => {
    const id = found(readId(request.params.id));
    answer(request, response, await changeSavedWords(db, { id, ...readWords(request), ...saver(response) }));
  });

  router.post('/moderation/saved/:id/end', async (request, response) => {
    const id = found(readId(request.params.id));
    answer(request, response, await endSavedWords(db, { id, ...saver(response) }));
  });

  function saver(response: Response) {
    return { actorId: signedInViewer(response).id, now: now() };
  }

  return router;
}

const requireAll: RequestHandler = (request, response, next) => {
  if (viewerReach(response, 'moderate') === 'all') return next();
  throw request.method === 'POST' ? forbidden({ key: 'error.notYourRole' }) : notFound();
};

function readWords(request: Request): { title: string; text: string } {
  const { title, text } = readFields(request.body, ['title', 'text']);
  return { title: normaliseLine(title), text: text.trim() };
}

function answer(request: Request, response: Response, outcome: SavedOutcome): void {
  if (outcome.kind === 'saved') {
    leaveNotice(request, { key: 'saved.done' });
    response.redirect(303, '/moderation/saved');
    return;
  }
  const overtaken = outcome.kind === 'overtaken';
  const why = overtaken ? ({ key: 'saved.overtaken' } as const) : outcome.why;
  const back = { href: '/moderation/saved', label: frameOf(response).t('saved.back') };
  const { title, text } = readFields(request.body, ['title', 'text']);
  const typed = [title, text].filter((each) => each !== '');
  sendNotDone(request, response, { why, back, typed, status: overtaken ? 409 : 422 });
}
