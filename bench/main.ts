import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts';
import { fillDatabase, threadSizes } from './fill.ts';
import { measure } from './load.ts';
import { nextReply } from './replies.ts';
import { printTable, type Row, toFigures } from './report.ts';
import { startBareServer, startSiteServer } from './servers.ts';

const clients = { reading: 4, posting: 16 };

/**
 * `npm run bench [-- --json FILE] [--seconds N]`: fills a database of its own and measures the site as a reader and a
 * commenter meet it, beside a bare `node:http` server that answers the same headers and bytes in the same run. Servers
 * are processes of their own; the load comes from this one.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' }, seconds: { type: 'string', default: '5' } } });
  const seconds = Number(values.seconds);
  const dataDir = await mkdtemp(join(tmpdir(), 'rejoinder bench '));
  // Started by root, Postgres runs as another user, who has to come here.
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    await fillDatabase(postgres.url);
    const rows = await measureAll(postgres.url, seconds);
    printTable(rows);
    if (values.json) await writeFile(values.json, `${JSON.stringify({ figures: toFigures(rows) }, null, 2)}\n`);
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureAll(databaseUrl: string, seconds: number): Promise<Row[]> {
  const rows: Row[] = [];
  const site = await startSiteServer(databaseUrl);
  try {
    for (const size of threadSizes) {
      const path = `/posts/thread-of-${size}`;
      const load = { clients: clients.reading, seconds, request: () => ({ path }) };
      const page = await measure(site, load);
      const bare = await startBareServer({ status: 200, headers: page.headers, body: page.body });
      try {
        rows.push({ name: `post-page-${size}`, own: page, bare: await measure(bare, load) });
      } finally {
        await bare.stop();
      }
    }
    const load = { clients: clients.posting, seconds, request: nextReply };
    const posting = await measure(site, load);
    const bare = await startBareServer({ status: 303, headers: posting.headers, body: posting.body });
    try {
      rows.push({ name: 'post-comment', own: posting, bare: await measure(bare, load) });
    } finally {
      await bare.stop();
    }
  } finally {
    await site.stop();
  }
  return rows;
}

await main();
