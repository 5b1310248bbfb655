// What a new user does: clone, install, start, read. Then what an operator does: stop. Runs on the shell's own Node.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const checkout = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'rejoinder smoke '));
const clone = join(folder, 'a clone');
const port = await freePort();
const address = `http://127.0.0.1:${port}`;

try {
  execFileSync('git', ['clone', '--quiet', checkout, clone], { stdio: 'inherit' });
  execFileSync('npm', ['ci'], { cwd: clone, stdio: 'inherit' });
  const first = await startAndStop();
  const second = await startAndStop();
  console.log(`first page after ${first} ms the first time, ${second} ms the second`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Starts the site, reads the sample post, stops it by SIGTERM, and looks for what is left. */
async function startAndStop() {
  const began = Date.now();
  const site = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(site, 'exit');
  site.stdout.resume();
  const page = await firstPage(site);
  const took = Date.now() - began;
  for (const expected of ['Lacking leadership', 'thoughts on', 'Comments are closed.', '<ol class="thread"']) {
    if (!page.includes(expected)) throw new Error(`The sample post lacks “${expected}”.`);
  }
  site.kill('SIGTERM');
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`The site ended with ${code ?? signal}, not 0.`);
  await nobodyListens();
  await nothingRuns();
  return took;
}

async function firstPage(site) {
  for (;;) {
    if (site.exitCode !== null) throw new Error(`The site ended with ${site.exitCode} before it answered.`);
    const answer = await fetch(`${address}/posts/lacking-leadership`).catch(() => undefined);
    if (answer?.status === 200) return answer.text();
    if (answer) throw new Error(`The sample post answered ${answer.status}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function nobodyListens() {
  const probe = createServer().listen(port, '127.0.0.1');
  await once(probe, 'listening');
  probe.close();
}

// Processes of the site have the clone's path in their command line, or that of its data.
async function nothingRuns() {
  const left = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(folder));
  for (let attempt = 0; attempt < 100 && left().length > 0; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (left().length > 0) throw new Error(`Still running:\n${left().join('\n')}`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address();
  probe.close();
  await once(probe, 'close');
  return free;
}
