import { publicAddress } from './config.ts';
import type { AppContext } from './context.ts';
import { cleanUp } from './jobs/clean-up.ts';
import type { Tasks } from './jobs/worker.ts';
import { deliverMail } from './mail/deliver.ts';
import { createMailer } from './mail/mailer.ts';

/** What is done for each kind of job. The features add jobs and know nothing of the worker; here they meet. */
export function tasksOf({ db, config, now }: AppContext): Tasks {
  const mailer = createMailer(config);
  const siteAddress = publicAddress(config);
  return {
    deliver_mail: ({ mailId }, lastTry) => deliverMail(db, { mailId, lastTry, mailer, siteAddress, now }),
    clean_up: () => cleanUp(db, { now: now() }),
  };
}
