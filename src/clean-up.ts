import type { Kysely } from 'kysely';
import { cleanUpAccounts } from './accounts/clean-up.ts';
import { cleanUpAppeals } from './appeals/clean-up.ts';
import { cleanUpProofs } from './commenters/clean-up.ts';
import { cleanUpComments } from './comments/clean-up.ts';
import { expireSpam } from './comments/expire-spam.ts';
import type { Database } from './database.ts';
import { cleanUpFollowing } from './following/clean-up.ts';
import { cleanUpMail } from './mail/clean-up.ts';
import { cleanUpSweeps } from './moderation/clean-up.ts';
import { cleanUpStandings } from './persons/clean-up.ts';
import { cleanUpReplays } from './replay/clean-up.ts';
import { cleanUpReports } from './reports/clean-up.ts';
import { cleanUpVisitors } from './visitors/clean-up.ts';

const parts = [
  ...[cleanUpComments, cleanUpAppeals, cleanUpReports, cleanUpStandings, cleanUpSweeps, cleanUpReplays],
  expireSpam,
  ...[cleanUpAccounts, cleanUpProofs, cleanUpVisitors, cleanUpFollowing, cleanUpMail],
];

/** Deletes what has been kept for as long as it may be: personal data has a clock. Repeating it changes nothing. */
export async function cleanUp(db: Kysely<Database>, { now }: { now: Date }): Promise<void> {
  for (const part of parts) await part(db, { now });
}
