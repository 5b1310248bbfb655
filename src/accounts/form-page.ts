import type { Response } from 'express';
import { sendPage, type View } from '../http/render.ts';
import type { FieldError } from './form.ts';
import { passwordLength } from './passwords.ts';

/** What the template of a form prints in the summary on top and beside each field. */
export interface FormErrors {
  readonly errors: readonly FieldError[];
  /** The fewest characters of a password, for the hint beside it. */
  readonly passwordLeast: number;
}

/**
 * Sends a page with a form: 422 where something is wrong with what was typed. Such pages hold what one person typed, or
 * came by a secret link: nobody keeps them, and no search engine shows them.
 */
export function sendForm<Model extends object>(
  response: Response,
  view: View<Model & FormErrors>,
  model: Model & { readonly title: string },
  { errors = [], status = errors.length > 0 ? 422 : 200 }: { errors?: readonly FieldError[]; status?: number } = {},
): void {
  response.set('Cache-Control', 'no-store');
  const shared = { errors, passwordLeast: passwordLength.least, hiddenFromSearch: true };
  sendPage<Model & FormErrors>(response, view, { ...model, ...shared }, status);
}

/** Sends the form again to someone who tried too often, with the time after which to come back. */
export function sendTooMany<Model extends object>(
  response: Response,
  view: View<Model & FormErrors>,
  model: Model & { readonly title: string },
  { field, wait }: { field: string; wait: number },
): void {
  response.set('Retry-After', String(wait));
  const message = { key: 'person.tooMany', values: { minutes: Math.ceil(wait / 60) } } as const;
  sendForm<Model>(response, view, model, { errors: [{ field, message }], status: 429 });
}
