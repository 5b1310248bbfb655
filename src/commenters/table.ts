/** A mailed right to prove an address for the browser that presses the button; only the token's hash is kept. */
export interface ProofTable {
  token_hash: Buffer;
  /** Normalised, see text/email-address.ts. */
  email: string;
  /** The browser that asked, which need not be the one that presses the button. */
  browser_id: number;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}
