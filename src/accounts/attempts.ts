import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { hashNetwork } from '../http/network.ts';

/** How often something may be tried, counted in the database for all processes together. */
export interface Limit {
  /** Counts one attempt. @returns the seconds to wait where none was left, else undefined. */
  take(subject: string): Promise<number | undefined>;
  /** Takes an attempt back that turned out to be none. */
  giveBack(subject: string): Promise<void>;
  /** Starts to count anew. */
  clear(subject: string): Promise<void>;
}

/** The limits of everything that asks for a password or sends mail to an address. */
export interface AttemptLimits {
  /** Wrong passwords for one normalised e-mail address, whether or not it has an account. */
  readonly account: Limit;
  /** Wrong passwords from one network, told by a visitor's IP address. */
  readonly network: Limit;
  /** Mailed links for one normalised e-mail address. */
  readonly resetAddress: Limit;
  /** Mailed links asked for from one network. */
  readonly resetNetwork: Limit;
  /** Mailed links that prove one normalised e-mail address to be a commenter's. */
  readonly proofAddress: Limit;
  /** Such links asked for from one network. */
  readonly proofNetwork: Limit;
  /** Mails that ask one normalised e-mail address whether it wants to follow something. */
  readonly followAddress: Limit;
  /** The same within a day, since nobody may be asked for days on end. */
  readonly followAddressDaily: Limit;
  /** Such mails asked for from one network. */
  readonly followNetwork: Limit;
  /** Mailed links to decide on a comment that do not work, tried from one network. */
  readonly wrongRightNetwork: Limit;
  /** Reports out of one network. */
  readonly reportNetwork: Limit;
  /** Reports within a day whose outcome is to be mailed to one normalised e-mail address, which nobody has proved. */
  readonly reportAddressDaily: Limit;
}

/**
 * Makes the limits. They go by the real clock, as the library does.
 *
 * @param secret keys what is counted: whoever reads the table learns nobody's address, nor who has an account.
 */
export function createAttemptLimits({ pool, secret }: { pool: pg.Pool; secret: Buffer }): AttemptLimits {
  const addressKey = (email: string) => createHmac('sha256', secret).update(`e-mail ${email}`).digest('base64url');
  const mailboxKey = (email: string) => addressKey(mailboxOf(email));
  const networkKey = (ip: string) => hashNetwork(secret, ip).toString('base64url');
  return {
    account: createLimit(pool, { name: 'sign-in-account', attempts: 10, minutes: 15, keyOf: addressKey }),
    network: createLimit(pool, { name: 'sign-in-network', attempts: 50, minutes: 15, keyOf: networkKey }),
    resetAddress: createLimit(pool, { name: 'reset-address', attempts: 3, minutes: 60, keyOf: mailboxKey }),
    resetNetwork: createLimit(pool, { name: 'reset-network', attempts: 20, minutes: 60, keyOf: networkKey }),
    proofAddress: createLimit(pool, { name: 'proof-address', attempts: 3, minutes: 60, keyOf: mailboxKey }),
    proofNetwork: createLimit(pool, { name: 'proof-network', attempts: 20, minutes: 60, keyOf: networkKey }),
    followAddress: createLimit(pool, { name: 'follow-address', attempts: 5, minutes: 60, keyOf: mailboxKey }),
    followAddressDaily: createLimit(pool, {
      name: 'follow-address-daily',
      attempts: 10,
      minutes: 24 * 60,
      keyOf: mailboxKey,
    }),
    followNetwork: createLimit(pool, { name: 'follow-network', attempts: 20, minutes: 60, keyOf: networkKey }),
    wrongRightNetwork: createLimit(pool, {
      name: 'wrong-right-network',
      attempts: 50,
      minutes: 15,
      keyOf: networkKey,
    }),
    reportNetwork: createLimit(pool, { name: 'report-network', attempts: 20, minutes: 60, keyOf: networkKey }),
    reportAddressDaily: createLimit(pool, {
      name: 'report-address-daily',
      attempts: 5,
      minutes: 24 * 60,
      keyOf: mailboxKey,
    }),
  };
}

// Most mail servers put what is sent to name+anything@ into the mailbox of name@.
function mailboxOf(email: string): string {
  return email.replace(/\+.*(?=@)/, '');
}

function createLimit(pool: pg.Pool, { name, attempts, minutes, keyOf }: LimitRule): Limit {
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limit',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: name,
    points: attempts,
    duration: minutes * 60,
  });
  return {
    async take(subject) {
      try {
        await limiter.consume(keyOf(subject));
        return undefined;
      } catch (error) {
        if (error instanceof RateLimiterRes) return Math.max(1, Math.ceil(error.msBeforeNext / 1000));
        throw error;
      }
    },
    async giveBack(subject) {
      await limiter.reward(keyOf(subject));
    },
    async clear(subject) {
      await limiter.delete(keyOf(subject));
    },
  };
}

interface LimitRule {
  readonly name: string;
  readonly attempts: number;
  readonly minutes: number;
  readonly keyOf: (subject: string) => string;
}
