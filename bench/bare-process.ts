import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from './answer-parent.ts';

// A server that reads what it is sent and answers always the same: what node:http costs by itself.
const [{ status, headers, body }] = await once(process, 'message');
const bytes = Buffer.from(body, 'base64');

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(status, headers);
    response.end(bytes);
  });
});

server.listen(0, '127.0.0.1', () => {
  answerParent((server.address() as AddressInfo).port, async () => {
    server.closeAllConnections();
    server.close();
  });
});
