import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { type Changes, conversationOf, type Subject } from '../changes/changes.ts';
import type { Database } from '../database.ts';
import { readId } from '../http/fields.ts';
import { findReadableCounts } from './queries.ts';

/** Streams of server-sent events by which open pages hear of new replies, without the weight of a page request. */
export interface ReplyStreams {
  /** Takes a request for a stream. @returns false where it asks for something else. */
  take(request: IncomingMessage, response: ServerResponse): boolean;
  /** Ends all streams; browsers come back by themselves. */
  close(): void;
}

/** Streams that one process holds open at most; each takes some 22 KB. One network gets no more of them than an office needs. */
const most = { streams: 5_000, ofNetwork: 50 };

/** In milliseconds: replies that come in quick succession are told together; a sign of life keeps proxies from hanging up. */
const times = { together: 150, betweenTries: 1_000, signOfLife: 25_000 };

/** Who reads nothing of so many bytes is not there. */
const mostUnread = 65_536;

const streamPath = /^\/conversations\/(\d{1,12})\/stream$/;

/**
 * `GET /conversations/:id/stream` tells how many comments can be read: an event `count` with `{"readable": 15}` at once,
 * and after each change. Only conversations of published posts have one. Beyond what a process holds it is 503.
 *
 * @param networkOf who asks, as far as it is to share one bound.
 */
export function createReplyStreams({
  db,
  changes,
  networkOf,
  now,
}: {
  db: Kysely<Database>;
  changes: Changes;
  networkOf: (request: IncomingMessage) => string;
  now: () => Date;
}): ReplyStreams {
  const streams = new Map<number, Set<ServerResponse>>();
  const openOf = new Map<string, number>();
  const outdated = new Set<number>();
  const told = new WeakMap<ServerResponse, number>();
  const signs = setInterval(() => sendToAll(': still here\n\n'), times.signOfLife).unref();
  const deafen = changes.onChange(noteChange);
  let open = 0;
  let closed = false;
  let telling = false;

  function noteChange(subject: Subject): void {
    const one = conversationOf(subject);
    // Settings and posts seldom change; a post that is taken back takes its stream along.
    for (const id of one === undefined ? streams.keys() : [one]) if (streams.has(id)) outdated.add(id);
    if (outdated.size > 0) startTelling(times.together);
  }

  // One at a time, so that an earlier number never comes after a later one.
  function startTelling(delay: number): void {
    if (telling) return;
    telling = true;
    void tellWhatIsOutdated(delay).finally(() => {
      telling = false;
      if (outdated.size > 0 && !closed) startTelling(0);
    });
  }

  async function tellWhatIsOutdated(delay: number): Promise<void> {
    await pause(delay, undefined, { ref: false });
    const conversationIds = [...outdated];
    outdated.clear();
    try {
      const counts = await findReadableCounts(db, { conversationIds, now: now() });
      for (const id of conversationIds) tellCount(id, counts.get(id));
    } catch {
      // The database is away: who has just come is asked to come again, the others are told later.
      for (const id of conversationIds) {
        for (const stream of streams.get(id) ?? []) if (!stream.headersSent) refuse(stream, 503);
        if (streams.has(id)) outdated.add(id);
      }
      await pause(times.betweenTries, undefined, { ref: false });
    }
  }

  function tellCount(id: number, readable: number | undefined): void {
    for (const stream of streams.get(id) ?? []) {
      if (readable === undefined) {
        refuse(stream, 404);
        continue;
      }
      if (!stream.headersSent) stream.writeHead(200, streamHeaders);
      if (told.get(stream) !== readable) send(stream, countEvent(readable));
      told.set(stream, readable);
    }
  }

  function sendToAll(text: string): void {
    for (const group of streams.values()) for (const stream of group) if (stream.headersSent) send(stream, text);
  }

  function begin(id: number, network: string, stream: ServerResponse): void {
    const ofNetwork = openOf.get(network) ?? 0;
    if (closed || open >= most.streams || ofNetwork >= most.ofNetwork) {
      refuse(stream, 503);
      return;
    }
    const group = streams.get(id) ?? new Set();
    streams.set(id, group.add(stream));
    open += 1;
    openOf.set(network, ofNetwork + 1);
    stream.once('close', () => {
      open -= 1;
      const left = (openOf.get(network) ?? 1) - 1;
      if (left > 0) openOf.set(network, left);
      else openOf.delete(network);
      group.delete(stream);
      if (group.size === 0) streams.delete(id);
    });
    outdated.add(id);
    startTelling(0);
  }

  return {
    take(request, response) {
      const id = request.method === 'GET' ? readId(streamPath.exec(request.url ?? '')?.[1]) : undefined;
      if (id === undefined) return false;
      begin(id, networkOf(request), response);
      return true;
    },
    close() {
      closed = true;
      clearInterval(signs);
      deafen();
      for (const group of streams.values()) for (const stream of group) refuse(stream, 503);
    },
  };
}

const streamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // nginx would hold back what it is sent until there is more of it.
  'X-Accel-Buffering': 'no',
};

function send(stream: ServerResponse, text: string): void {
  if (stream.writableLength > mostUnread) stream.destroy();
  else stream.write(text);
}

function countEvent(readable: number): string {
  return `event: count\ndata: ${JSON.stringify({ readable })}\n\n`;
}

// Ends a stream, or a request for one that gets none.
function refuse(stream: ServerResponse, status: 404 | 503): void {
  if (stream.headersSent) return void stream.end();
  const later = status === 503 && { 'Retry-After': '5', Connection: 'close' };
  stream.writeHead(status, { 'Cache-Control': 'no-store', ...later }).end();
}
