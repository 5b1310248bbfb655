import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';

// A process of its own that takes a share in the Postgres of a folder, says so, and gives it back on SIGTERM. It lives
// for as long as its input is open, so that it does not outlive the test.
const [dataDir = '', platform] = process.argv.slice(2);
if (platform) Object.defineProperty(process, 'platform', { value: platform });
try {
  const { stop, ...postgres } = await startEmbeddedPostgres({ dataDir });
  process.stdin.resume();
  process.once('SIGTERM', async () => {
    process.stdin.destroy();
    await stop();
  });
  process.stdout.write(`${JSON.stringify(postgres)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`);
  process.exitCode = 1;
}
