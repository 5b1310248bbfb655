import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// A server that always answers the same: what node:http costs by itself.
const [{ status, headers, body }] = await once(process, 'message');
const bytes = Buffer.from(body, 'base64');

const server = createServer((_request, response) => {
  response.writeHead(status, headers);
  response.end(bytes);
});

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
