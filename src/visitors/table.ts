import type { Generated } from 'kysely';

/** A visitor's browser, known by a signed cookie that holds its id. */
export interface BrowserTable {
  id: Generated<number>;
  created_at: Date;
  /** null until the cookie came back for the first time. */
  seen_at: Date | null;
}

/** That whoever uses a browser reads the mail of an address. */
export interface ProvedAddressTable {
  browser_id: number;
  email: string;
  proved_at: Date;
}
