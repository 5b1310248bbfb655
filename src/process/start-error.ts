/** The site cannot start, or a command cannot be carried out. The message is one sentence for whoever asked for it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What is said in one sentence, rather than with the place in the code where it came up. */
const plain = ['StartError', 'ConfigError', 'EmbeddedPostgresError'];

/** The sentence that an error carries for whoever started the process; undefined where it is a fault of the code. */
export function sentenceOf(error: unknown): string | undefined {
  return error instanceof Error && plain.includes(error.name) ? error.message : undefined;
}
