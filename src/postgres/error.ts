/** The embedded Postgres cannot be had. The message is one sentence for whoever starts the site. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
