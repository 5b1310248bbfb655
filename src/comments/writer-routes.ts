import { Router } from 'express';
import { askBeforeDeleting, takeDeletion } from './deleting-pages.ts';
import { showEditForm, takeEdit } from './editing-pages.ts';
import type { ReplyContext } from './reply-context.ts';

/**
 * What writers do with their own comments:
 * `GET` and `POST /comments/:id/edit`, `GET` and `POST /comments/:id/delete`.
 */
export function writerRoutes(context: ReplyContext): Router {
  const router = Router();
  router.get('/comments/:id/edit', (request, response) => showEditForm(context, request, response));
  router.post('/comments/:id/edit', (request, response) => takeEdit(context, request, response));
  router.get('/comments/:id/delete', (request, response) => askBeforeDeleting(context, request, response));
  router.post('/comments/:id/delete', (request, response) => takeDeletion(context, request, response));
  return router;
}
