import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConfig } from '../src/config.ts';
import { createDatabase, createPool } from '../src/database.ts';
import { composeSite } from '../src/process/compose-site.ts';
import { createLogger } from '../src/process/logger.ts';
import { loadSecrets } from '../src/site/queries.ts';
import { answerParent } from './answer-parent.ts';

// The site as it runs in production, with its log, but without limits for one network and without the jobs.
const config = readConfig({ ...process.env, COMMENT_LIMIT: '0' });
const logger = await createLogger(config.logLevel);
const pool = createPool(config.databaseUrl ?? '', (error) => logger.error({ err: error }));
const db = createDatabase(pool);
const url = () => config.databaseUrl ?? '';
const site = composeSite({ db, pool, url, config, secrets: await loadSecrets(db), logger, now: () => new Date() });

const server = createServer(site.listener).listen(0, '127.0.0.1', () => {
  answerParent((server.address() as AddressInfo).port, async () => {
    server.closeAllConnections();
    server.close();
    await site.stop();
    await db.destroy();
  });
});
