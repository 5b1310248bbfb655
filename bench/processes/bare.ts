import type { Answer } from '../load/connection.ts';
import { type MeasuredProcess, measured, nextMessage, startProcess } from './measured-process.ts';

/** Starts a `node:http` server that answers every request as another server answered once. */
export async function startBarePage({ status, head, body }: Answer): Promise<MeasuredProcess> {
  const child = startProcess('bench/bare-page-process.ts');
  child.send({ status, headers: headersIn(head), body: body.toString('base64') });
  return measured(child, Number(await nextMessage(child)));
}

/** Starts a `node:http` server that stores every form by one insert statement. */
export async function startBareForm(databaseUrl: string): Promise<MeasuredProcess> {
  const child = startProcess('bench/bare-form-process.ts', { environment: { DATABASE_URL: databaseUrl } });
  return measured(child, Number(await nextMessage(child)));
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
