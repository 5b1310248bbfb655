import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { daysToConfirm } from '../following/days-to-confirm.ts';
import { deleteUnconfirmed } from '../following/queries.ts';

/** For how many days things are kept once nobody needs them. */
const daysKept = {
  networkHash: 30,
  networkHashOfDeleted: 1 / 24,
  usedLink: 30,
  proof: 1,
  provedAddress: 400,
  submission: 30,
  mail: 90,
};

/** Deletes what has been kept for as long as it may be: personal data has a clock. Repeating it changes nothing. */
export async function cleanUp(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  await forgetNetworks(db, daysAgo(daysKept.networkHash));
  await forgetNetworksOfDeleted(db, daysAgo(daysKept.networkHashOfDeleted));
  await db.deleteFrom('session').where('expire', '<', now).execute();
  await db.deleteFrom('rate_limit').where('expire', '<', String(now.getTime())).execute();
  await deleteUsedLinks(db, daysAgo(daysKept.usedLink));
  await db.deleteFrom('proof').where('expires_at', '<', daysAgo(daysKept.proof)).execute();
  // As long as a browser keeps its cookie: after that nobody could use it.
  await db.deleteFrom('proved_address').where('proved_at', '<', daysAgo(daysKept.provedAddress)).execute();
  await db.deleteFrom('submission').where('created_at', '<', daysAgo(daysKept.submission)).execute();
  await deleteUnconfirmed(db, { before: daysAgo(daysToConfirm) });
  await deleteOldMail(db, daysAgo(daysKept.mail));
}

async function forgetNetworks(db: Kysely<Database>, before: Date): Promise<void> {
  await db
    .updateTable('comment')
    .set({ network_hash: null })
    .where('network_hash', 'is not', null)
    .where('created_at', '<', before)
    .execute();
}

// As long as the limits look back: what its writer deleted counts as if it stood.
async function forgetNetworksOfDeleted(db: Kysely<Database>, before: Date): Promise<void> {
  await db
    .updateTable('comment')
    .set({ network_hash: null })
    .where('network_hash', 'is not', null)
    .where('status', '=', 'deleted')
    .where('created_at', '<', before)
    .execute();
}

// A link that was used before its time is as spent as one whose time is over.
async function deleteUsedLinks(db: Kysely<Database>, before: Date): Promise<void> {
  for (const table of ['invitation', 'password_reset'] as const) {
    await db
      .deleteFrom(table)
      .where((where) => where.or([where('expires_at', '<', before), where('used_at', '<', before)]))
      .execute();
  }
}

// What waits to be sent stays, however long that takes.
async function deleteOldMail(db: Kysely<Database>, before: Date): Promise<void> {
  await db
    .deleteFrom('mail')
    .where('created_at', '<', before)
    .where((where) => where.or([where('sent_at', 'is not', null), where('failed_at', 'is not', null)]))
    .execute();
}
