import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import project from '../../package.json' with { type: 'json' };
import type { Ground } from '../measurement.ts';
import { type MeasuredProcess, measured, startProcess } from './measured-process.ts';

// What package.json lets `npm start` tell Node.
const flagsOfStart = (/\bnode (.*)src\/main\.ts/.exec(project.scripts.start)?.[1] ?? '').split(' ').filter(Boolean);

// And what it sets in the environment.
const environmentOfStart = Object.fromEntries(
  [...project.scripts.start.matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
);

let started = 0;

/**
 * Starts the site as `npm start` does, with its log going to a file, its jobs, and all that it keeps in memory; but without
 * a limit for one network. Requests say by `X-Forwarded-For` from which they come, as a proxy does.
 */
export async function startSite({ postgres }: Pick<Ground, 'postgres'>): Promise<MeasuredProcess> {
  started += 1;
  const log = join(postgres.dataDir, `site-${started}.log`);
  const output = await open(log, 'w');
  const environment = {
    ...environmentOfStart,
    PORT: '0',
    HOST: '127.0.0.1',
    BASE_URL: '',
    DATABASE_URL: postgres.url,
    DATA_DIR: join(postgres.dataDir, `site-${started}`),
    COMMENT_LIMIT: '0',
    TRUST_PROXY: 'loopback',
    SAMPLE_CONTENT: 'none',
    WEB_PROCESSES: '1',
    LOG_LEVEL: 'info',
    SMTP_URL: '',
  };
  const site = startProcess('src/main.ts', { environment, flags: flagsOfStart, output: output.fd });
  const ended = once(site.child, 'exit').then(() => 'ended');
  await output.close();
  for (;;) {
    const port = /^Rejoinder is at http:\/\/localhost:(\d+)/m.exec(await readFile(log, 'utf8'))?.[1];
    if (port) return measured(site, Number(port));
    if (await Promise.race([ended, setTimeout(20)])) {
      throw new Error(`The site did not start: ${await readFile(log, 'utf8')}`);
    }
  }
}

/** Lets something be done with a site that runs only for it. */
export async function withSite<Result>(
  ground: Pick<Ground, 'postgres'>,
  use: (site: MeasuredProcess) => Promise<Result>,
): Promise<Result> {
  const site = await startSite(ground);
  try {
    return await use(site);
  } finally {
    await site.stop();
  }
}
