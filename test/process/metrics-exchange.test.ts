import cluster, { type Worker } from 'node:cluster';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Counter, Gauge, Registry } from 'prom-client';
import type { MetricsMessage, ProcessMetrics } from '../../src/http/shared-metrics.ts';
import { exchangeMetrics } from '../../src/process/metrics-exchange.ts';
import { eventually } from '../support/eventually.ts';

beforeEach(() => exchangeMetrics());
afterEach(() => {
  cluster.removeAllListeners('message');
  cluster.removeAllListeners('exit');
});

describe('what a process is told of the others', () => {
  it('holds one that has ended once, also where its last words are read after its end', async () => {
    const [asker, other] = [startWorker(1), startWorker(2)];
    const first = asker.ask();
    await other.give(3);
    expect(await first).toEqual({ visits: 3, memory: 3 });
    other.end();
    await other.give(3);
    expect(await asker.ask()).toEqual({ visits: 3, memory: 0 });
  });

  it('holds one that ends instead of answering as it was last', async () => {
    const [asker, other] = [startWorker(1), startWorker(2)];
    const first = asker.ask();
    await other.give(3);
    await first;
    const second = asker.ask();
    other.end();
    expect(await second).toMatchObject({ visits: 3 });
  });

  it('holds all of several that end at once', async () => {
    const [asker, one, other] = [startWorker(1), startWorker(2), startWorker(3)];
    const first = asker.ask();
    await one.give(3);
    await other.give(4);
    await first;
    one.end();
    other.end();
    expect(await asker.ask()).toMatchObject({ visits: 7 });
    await eventually(async () => (await asker.ask()).memory === 0);
    expect(await asker.ask()).toMatchObject({ visits: 7 });
  });

  it('comes also to one that answers already, but has not said so yet', async () => {
    const asker = startWorker(1, { hasSaidSo: false });
    expect(await asker.ask()).toEqual({ visits: 0, memory: 0 });
  });
});

/** One of the processes, as far as the one that keeps them sees it. */
function startWorker(id: number, { hasSaidSo = true } = {}) {
  const heard: MetricsMessage[] = [];
  let dead = false;
  const worker = {
    id,
    isConnected: () => !dead,
    isDead: () => dead,
    send: (message: MetricsMessage) => heard.push(message),
  } as unknown as Worker;
  const say = (message: unknown) => cluster.emit('message', worker, message, undefined);
  if (hasSaidSo) say({ report: 'answers', announcement: '' });
  let asked = 0;
  return {
    /** Wants to know. @returns the sums over all others. */
    async ask() {
      asked += 1;
      say({ metrics: 'wanted', id: asked, own: [] });
      return await eventually(() => {
        const last = heard.at(-1);
        return last?.metrics === 'others' && last.id === asked ? sumsOf(last.others) : undefined;
      });
    },
    /** Answers what it was asked last: so many visits, so much memory. */
    async give(count: number) {
      const last = await eventually(() => heard.findLast(({ metrics }) => metrics === 'asked'));
      say({ metrics: 'given', id: last.id, own: await metricsOf(count) });
    },
    end() {
      dead = true;
      cluster.emit('exit', worker, 0, '');
    },
  };
}

function metricsOf(count: number): Promise<ProcessMetrics> {
  const registers = [new Registry()];
  new Counter({ name: 'visits', help: 'Counted.', registers }).inc(count);
  new Gauge({ name: 'memory', help: 'As it is now.', registers }).set(count);
  return registers[0]?.getMetricsAsJSON() ?? Promise.resolve([]);
}

function sumsOf(others: readonly ProcessMetrics[]): { visits: number; memory: number } {
  const sum = (wanted: string) =>
    others
      .flat()
      .filter(({ name }) => name === wanted)
      .flatMap(({ values }) => values)
      .reduce((total, { value }) => total + value, 0);
  return { visits: sum('visits'), memory: sum('memory') };
}
