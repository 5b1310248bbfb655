import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** Something that says it is a Postgres, and knows nothing but its version. */
export interface FakePostgres {
  readonly url: string;
  close(): Promise<void>;
}

export async function startFakePostgres({
  version,
  port = 0,
}: {
  version: string;
  port?: number;
}): Promise<FakePostgres> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', number(0, 4)), ready]));
      socket.on('data', (asked) => {
        if (asked.toString('latin1', 0, 1) === 'X') socket.end();
        else socket.write(answerWith(version));
      });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://someone@127.0.0.1:${(server.address() as AddressInfo).port}/site`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const ready = message('Z', Buffer.from('I'));

/** One row with one column of text. */
function answerWith(text: string): Buffer {
  const column = [
    Buffer.from('server_version\0'),
    number(0, 4),
    number(0, 2),
    number(25, 4),
    number(-1, 2),
    number(-1, 4),
  ];
  return Buffer.concat([
    message('T', Buffer.concat([number(1, 2), ...column, number(0, 2)])),
    message('D', Buffer.concat([number(1, 2), number(text.length, 4), Buffer.from(text)])),
    message('C', Buffer.from('SHOW\0')),
    ready,
  ]);
}

function message(kind: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), number(content.length + 4, 4), content]);
}

function number(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
}
