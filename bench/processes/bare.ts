import type { Answer } from '../load/connection.ts';
import { type MeasuredProcess, measured, startProcess } from './measured-process.ts';

/** Starts a `node:http` server that answers every request as another server answered once. */
export async function startBarePage({ status, head, body }: Answer): Promise<MeasuredProcess> {
  const bare = startProcess('bench/bare-page-process.ts');
  bare.tell({ status, headers: headersIn(head), body: body.toString('base64') });
  return measured(bare, Number(await bare.hear()));
}

/** Starts a `node:http` server that stores every form by one insert statement. */
export async function startBareForm(databaseUrl: string): Promise<MeasuredProcess> {
  const bare = startProcess('bench/bare-form-process.ts', { environment: { DATABASE_URL: databaseUrl } });
  return measured(bare, Number(await bare.hear()));
}

// Node adds these itself.
const ownOfServer = ['connection', 'keep-alive', 'transfer-encoding', 'date'];

function headersIn(head: string): Record<string, string> {
  const lines = head.split('\r\n').slice(1);
  const pairs = lines.map((line) => {
    const [name = '', ...value] = line.split(': ');
    return [name, value.join(': ')] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => !ownOfServer.includes(name.toLowerCase())));
}
