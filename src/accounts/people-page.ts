import type { Request, Response } from 'express';
import type { AppContext } from '../context.ts';
import { readId } from '../http/fields.ts';
import { defineView, frameOf } from '../http/render.ts';
import { type FieldError, roles } from './form.ts';
import { type FormErrors, sendForm } from './form-page.ts';
import { listInvitations } from './invitation-queries.ts';
import { listAccounts } from './queries.ts';
import type { Account, Role } from './table.ts';

interface PeoplePage {
  readonly roles: readonly Role[];
  readonly people: readonly Pick<Account, 'id' | 'handle' | 'name' | 'email' | 'role' | 'disabled_at'>[];
  /** Path of the next page of people. */
  readonly more: string | undefined;
  readonly invitations: readonly ShownInvitation[];
  /** What was typed into the form for inviting. */
  readonly values: { readonly email: string; readonly role: string };
  /** Whether mail is sent; otherwise it is written into files. */
  readonly mailed: boolean;
}

interface ShownInvitation {
  /** What stands for the invitation in an address: the hash of its secret. */
  readonly mark: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

const peopleView = defineView<PeoplePage & FormErrors>('accounts/people');
const perPage = 50;

/** Sends the page that shows who is there and who is invited, with what was typed where that has to be looked at again. */
export async function sendPeople(
  { db, config, now }: AppContext,
  { request, response }: { request: Request; response: Response },
  { values = { email: '', role: 'author' }, errors = [] }: Typed = {},
): Promise<void> {
  const [people, invitations] = await Promise.all([
    listAccounts(db, { after: readId(request.query.after) ?? 0, limit: perPage + 1 }),
    listInvitations(db, { now: now() }),
  ]);
  const shown = people.slice(0, perPage);
  const page = {
    title: frameOf(response).t('people.title'),
    roles,
    people: shown,
    more: people.length > perPage ? `/people?after=${shown.at(-1)?.id}` : undefined,
    invitations: invitations.map(({ tokenHash, ...invitation }) => ({
      mark: tokenHash.toString('hex'),
      ...invitation,
    })),
    values,
    mailed: config.smtpUrl !== undefined,
  };
  sendForm<PeoplePage>(response, peopleView, page, { errors });
}

interface Typed {
  readonly values?: PeoplePage['values'];
  readonly errors?: readonly FieldError[];
}
