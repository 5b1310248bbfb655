import type { Kysely } from 'kysely';
import type { Database } from '../database.ts';
import { listSubscriptions } from '../following/queries.ts';
import { readAddresses, readComments, readStandings } from './download-queries.ts';

/** What the file says of itself. */
export interface DownloadHead {
  /** Address of the site. */
  readonly site: string;
  readonly written_at: Date;
  /** What is not in it, in words. */
  readonly left_out: string;
}

/**
 * Everything that the site holds about the person of a browser, as JSON, piece by piece: however much was written, some of
 * it is in memory at a time.
 *
 * @param addresses those that the browser has proved.
 */
export async function* writeDownload(
  db: Kysely<Database>,
  { head, browserId, addresses }: { head: DownloadHead; browserId: number; addresses: readonly string[] },
): AsyncGenerator<string> {
  const { proved, links, mails, reports } = await readAddresses(db, { emails: addresses, browserId });
  const beside = {
    ...head,
    browser_id: browserId,
    addresses,
    proved_in_browsers: proved,
    links_mailed: links,
    mails_waiting: mails,
    reports,
    standings: await readStandings(db, { browserId, emails: addresses }),
    subscriptions: await listSubscriptions(db, { emails: addresses }),
  };
  yield `${JSON.stringify(beside, null, 2).slice(0, -2)},\n  "comments": [`;
  let separator = '\n';
  for await (const comment of readComments(db, { browserId })) {
    yield `${separator}${JSON.stringify(comment)}`;
    separator = ',\n';
  }
  yield '\n  ]\n}\n';
}
