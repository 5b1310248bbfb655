import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kysely } from 'kysely';
import type { Changes, Subject } from '../changes/changes.ts';
import type { Database } from '../database.ts';
import { readId } from '../http/fields.ts';
import { findReadableCount } from './queries.ts';

/** Streams of server-sent events by which open pages hear of new replies, without the weight of a page request. */
export interface ReplyStreams {
  /** Takes a request for a stream. @returns false where it asks for something else. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends all streams; browsers come back by themselves. */
  close(): void;
}

/** Streams that one process holds open at most; each takes some 22 KB. */
const mostStreams = 5_000;

/** In milliseconds: replies that come in quick succession are told together; a sign of life keeps proxies from hanging up. */
const times = { together: 150, signOfLife: 25_000 };

const streamPath = /^\/conversations\/(\d{1,12})\/stream$/;

/**
 * `GET /conversations/:id/stream` tells how many comments can be read: an event `count` with `{"readable": 15}` at once,
 * and after each change. Only conversations of published posts have one.
 */
export function createReplyStreams({
  db,
  changes,
  now,
}: {
  db: Kysely<Database>;
  changes: Changes;
  now: () => Date;
}): ReplyStreams {
  const streams = new Map<number, Set<ServerResponse>>();
  const outdated = new Set<number>();
  const signs = setInterval(() => sendToAll(': still here\n\n'), times.signOfLife).unref();
  const deafen = changes.onChange(noteChange);
  let open = 0;

  function noteChange(subject: Subject): void {
    const one = /^conversation (\d+)$/.exec(subject)?.[1];
    // Settings and posts seldom change; a post that is taken back takes its stream along.
    for (const id of one ? [Number(one)] : streams.keys()) {
      if (!streams.has(id) || outdated.has(id)) continue;
      outdated.add(id);
      setTimeout(() => void tellCount(id).catch(() => {}), times.together).unref();
    }
  }

  // Where the database is away, the next change tells the count again.
  async function tellCount(conversationId: number): Promise<void> {
    outdated.delete(conversationId);
    const readable = await findReadableCount(db, { conversationId, now: now() });
    for (const stream of streams.get(conversationId) ?? []) {
      if (readable === undefined) stream.end();
      else stream.write(countEvent(readable));
    }
  }

  function sendToAll(text: string): void {
    for (const group of streams.values()) for (const stream of group) stream.write(text);
  }

  async function begin(conversationId: number, response: ServerResponse): Promise<void> {
    const readable = await findReadableCount(db, { conversationId, now: now() });
    if (readable === undefined) return refuse(response, 404);
    if (open >= mostStreams) return refuse(response, 503);
    if (response.destroyed) return;
    const group = streams.get(conversationId) ?? new Set();
    streams.set(conversationId, group.add(response));
    open += 1;
    response.once('close', () => {
      open -= 1;
      group.delete(response);
      if (group.size === 0) streams.delete(conversationId);
    });
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // nginx would hold back what it is sent until there is more of it.
      'X-Accel-Buffering': 'no',
    });
    response.write(countEvent(readable));
  }

  return {
    take({ method, url = '' }, response) {
      const id = method === 'GET' ? readId(streamPath.exec(url)?.[1]) : undefined;
      if (id === undefined) return false;
      begin(id, response).catch(() => refuse(response, 503));
      return true;
    },
    close() {
      clearInterval(signs);
      deafen();
      for (const group of streams.values()) for (const stream of group) stream.end();
    },
  };
}

function countEvent(readable: number): string {
  return `event: count\ndata: ${JSON.stringify({ readable })}\n\n`;
}

function refuse(response: ServerResponse, status: 404 | 503): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'Cache-Control': 'no-store', ...(status === 503 && { 'Retry-After': '5' }) }).end();
}
