import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setupToken } from '../../src/accounts/setup.ts';
import { addSampleContent } from '../../src/sample/sample-content.ts';
import { loadSecrets } from '../../src/site/queries.ts';
import { createTestSite, type TestSite } from './site.ts';

/** A site with its sample content that a browser can open. */
export interface ServedSite extends TestSite {
  /** `http://127.0.0.1:…`, without a trailing slash. */
  readonly address: string;
  readonly port: number;
  /** The path that the first start prints. */
  readonly setupPath: string;
}

/** Serves a site on a free port of this machine until it is closed. */
export async function serveSite(environment: Record<string, string> = {}): Promise<ServedSite> {
  const site = await createTestSite(environment);
  await site.db.transaction().execute((trx) => addSampleContent(trx, { now: site.now }));
  const { setup } = await loadSecrets(site.db);
  const server = site.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const closeSite = site.close;
  return Object.assign(site, {
    address: `http://127.0.0.1:${port}`,
    port,
    setupPath: `/setup?token=${setupToken(setup)}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await closeSite();
    },
  });
}
