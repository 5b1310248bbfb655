import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answerBrokenRequest } from '../../src/process/broken-request.ts';
import { type FrontDoor, takePort } from '../../src/process/front-door.ts';

const here = { port: 0, host: '127.0.0.1' };

let door: FrontDoor | undefined;
afterEach(() => door?.close(AbortSignal.abort()));

describe('the port', () => {
  it('that is in use is refused in a sentence that names it', async () => {
    door = await takePort(here);
    const { port } = door;
    await expect(takePort({ ...here, port })).rejects.toMatchObject({
      name: 'StartError',
      message: `Port ${port} on 127.0.0.1 is in use by another program: stop that one, or set PORT to another number.`,
    });
  });

  it.each(['203.0.113.9', 'no-such-machine.invalid'])('of a machine that this is not, %s, is refused', async (host) => {
    await expect(takePort({ port: 0, host })).rejects.toMatchObject({
      name: 'StartError',
      message: `HOST holds “${host}”, but takes an address of this machine, such as 127.0.0.1.`,
    });
  });
});

describe('who comes before the site is ready', () => {
  it('waits, and is answered by the site', async () => {
    door = await takePort(here);
    const early = ask(door.port);
    await early.sent;
    door.open((_request, response) => response.end('here I am'));
    expect(await early.answer).toEqual({ status: 200, text: 'here I am' });
  });

  it('is asked to come again where the start fails', async () => {
    const failing = await takePort(here);
    const early = ask(failing.port);
    await early.sent;
    await setTimeout(50);
    await failing.close(AbortSignal.timeout(2_000));
    const { status, text: page } = await early.answer;
    expect([status, page.includes('<h1>Back in a moment</h1>')]).toEqual([503, true]);
  });
});

describe('a stop', () => {
  it('answers what was asked, and lets nobody in any more', async () => {
    door = await takePort(here);
    let finish = () => {};
    door.open((_request, response) => {
      finish = () => response.end('done');
    });
    const slow = ask(door.port);
    await slow.sent;
    await setTimeout(50);
    const closed = door.close(AbortSignal.timeout(5_000));
    await expect(ask(door.port).answer).rejects.toThrow('ECONNREFUSED');
    finish();
    expect(await slow.answer).toEqual({ status: 200, text: 'done' });
    await closed;
  });

  it('ends connections that are kept for later, and those that are kept from then on', async () => {
    door = await takePort(here);
    door.open((_request, response) => response.end('done'));
    const agent = new Agent({ keepAlive: true });
    await ask(door.port, { agent }).answer;
    await door.close(AbortSignal.timeout(5_000));
    agent.destroy();
  });

  it('cuts off what is not finished at the deadline', async () => {
    door = await takePort(here);
    door.open(() => {});
    const endless = ask(door.port);
    endless.answer.catch(() => {});
    await endless.sent;
    await setTimeout(50);
    await door.close(AbortSignal.timeout(100));
    await expect(endless.answer).rejects.toThrow('socket hang up');
  });
});

describe('what is no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a NUL in the address', 'GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na', 400],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['an address of 20,000 characters', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['a cookie of 20,000 characters', `GET / HTTP/1.1\r\nHost: a\r\nCookie: a=${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s, is answered with a page, and the connection ends', async (_name, sent, status) => {
    door = await takePort(here);
    door.open((_request, response) => response.end('taken'));
    const socket = connect(door.port, '127.0.0.1');
    socket.write(sent);
    const answer = await text(socket);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(answer).toMatch(/<html lang="en">[\s\S]*<h1>/);
    expect(answer).not.toMatch(/\n\s+at /);
  });

  it('but comes too slowly, is answered with a page', async () => {
    const written: string[] = [];
    const socket = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    });
    await answerBrokenRequest(Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    expect(written.join('')).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*<h1>That took too long<\/h1>/);
  });

  it('is not answered where nobody listens any more', async () => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    await answerBrokenRequest(Object.assign(new Error('gone'), { code: 'ECONNRESET' }), socket);
    expect(socket.destroyed).toBe(true);
  });
});

function ask(port: number, options: { agent?: Agent } = {}) {
  const asking = request({ port, host: '127.0.0.1', path: '/', ...options }).end();
  const answer = once(asking, 'response').then(async ([response]) => ({
    status: response.statusCode as number,
    text: await text(response),
  }));
  const sent = once(asking, 'finish');
  sent.catch(() => {});
  return { answer, sent };
}
