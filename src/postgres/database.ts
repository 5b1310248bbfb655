import pg from 'pg';

/** The application's database within the embedded Postgres. */
const databaseName = 'rejoinder';

/**
 * Makes the application's database unless it is there. Several processes may do so at the same time.
 *
 * @param socketFolder where a Postgres listens.
 * @returns the database's address.
 */
export async function ensureDatabase(socketFolder: string): Promise<string> {
  const url = urlOf(socketFolder, databaseName);
  try {
    await run(url);
  } catch (error) {
    if (codeOf(error) !== missing) throw error;
    await makeDatabase(urlOf(socketFolder, 'template1'));
  }
  return url;
}

const missing = '3D000';
// The second is what a unique index of the catalogue says when two make it in the same moment.
const madeMeanwhile = ['42P04', '23505'];

/** Takes the unused database of a new cluster: making another writes some 300 files. */
async function makeDatabase(maintenanceUrl: string): Promise<void> {
  try {
    await run(maintenanceUrl, `alter database postgres rename to ${databaseName}`);
  } catch {
    await run(maintenanceUrl, `create database ${databaseName} template template0`).catch((error) => {
      if (!madeMeanwhile.includes(codeOf(error))) throw error;
    });
  }
}

/** Everything that `pg` would take from the environment otherwise is named: it is meant for another server. */
function urlOf(socketFolder: string, database: string): string {
  return `postgres://postgres@localhost:5432/${database}?host=${encodeURIComponent(socketFolder)}&sslmode=disable`;
}

async function run(url: string, statement?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    if (statement) await client.query(statement);
  } finally {
    await client.end();
  }
}

function codeOf(error: unknown): string {
  return (error as { readonly code?: string }).code ?? '';
}
