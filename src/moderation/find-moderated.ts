import type { Request, Response } from 'express';
import type { Permission } from '../accounts/permissions.ts';
import { reachesPost } from '../accounts/viewer.ts';
import type { AppContext } from '../context.ts';
import { notFound } from '../http/errors.ts';
import type { PostForReading } from '../posts/queries.ts';
import { readerOf } from '../posts/reader.ts';
import { readAddress } from '../posts/reading.ts';
import type { PostKind } from '../posts/table.ts';

/** The post that a moderator's form is about. @throws NotFound where there is none, or none that the permission reaches. */
export async function findModerated(
  { db, now }: AppContext,
  request: Request,
  response: Response,
  kind: PostKind,
  permission: Permission,
): Promise<PostForReading> {
  const slug = String(request.params.slug);
  const reading = await readAddress(db, { kind, slug, reader: readerOf(response), now: now() });
  if (reading.kind === 'gone' || reading.kind === 'nothing') throw notFound();
  if (!reachesPost(response, permission, reading.post)) throw notFound();
  return reading.post;
}
