import type { Request, Response } from 'express';
import { viewerOf } from '../accounts/viewer.ts';
import { readVisitor, type VisitorCookies } from '../visitors/visitor.ts';
import type { Claimant } from './ownership.ts';

/** What whoever sent a request can prove of themselves. */
export function claimantOf(request: Request, response: Response, cookies: VisitorCookies): Claimant {
  const browserId = readVisitor(request, cookies);
  return { accountId: viewerOf(response)?.id, browserIds: browserId === undefined ? [] : [browserId] };
}
