import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { isAboutMetrics, type MetricsMessage, type ProcessMetrics } from '../http/shared-metrics.ts';
import { isReport } from './report.ts';

/** Who does not answer within so many milliseconds is shown as it was last. */
const patience = 1_000;

/** Somebody wants to know, and waits for the others. */
interface Question {
  readonly asker: Worker;
  readonly id: number;
  readonly missing: Set<number>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Lets the processes of this one know of each other's metrics. What those that have ended had counted stays in the sums:
 * a sum that falls would be taken for a new beginning, and all of it for counted anew.
 */
export function exchangeMetrics(): void {
  const answering = new Map<number, Worker>();
  const latest = new Map<number, ProcessMetrics>();
  const questions = new Map<number, Question>();
  let departed: ProcessMetrics = [];
  let departing = Promise.resolve();
  let last = 0;

  function ask(asker: Worker, id: number): void {
    last += 1;
    const number = last;
    const others = [...answering.values()].filter((each) => each !== asker && each.isConnected());
    const timer = setTimeout(() => answer(number), patience);
    questions.set(number, { asker, id, missing: new Set(others.map((each) => each.id)), timer });
    for (const each of others) send(each, { metrics: 'asked', id: number });
    if (others.length === 0) answer(number);
  }

  function note(worker: Worker, number: number): void {
    const missing = questions.get(number)?.missing;
    missing?.delete(worker.id);
    if (missing?.size === 0) answer(number);
  }

  function answer(number: number): void {
    const question = questions.get(number);
    if (!question) return;
    questions.delete(number);
    clearTimeout(question.timer);
    const others = [...latest].filter(([id]) => id !== question.asker.id).map(([, metrics]) => metrics);
    send(question.asker, { metrics: 'others', id: question.id, others: [...others, departed] });
  }

  async function countDeparted(worker: Worker): Promise<void> {
    const counted = latest.get(worker.id)?.filter(({ type }) => isCounted(type)) ?? [];
    const sums = await AggregatorRegistry.aggregate([departed, counted]).getMetricsAsJSON();
    // At once, so that no answer holds it twice or not at all.
    departed = sums;
    latest.delete(worker.id);
    for (const number of questions.keys()) note(worker, number);
  }

  cluster.on('message', (worker, message: unknown) => {
    // What it said last may be read after its end, when it is counted among those that have ended.
    if (worker.isDead()) return;
    if (isReport(message) && message.report === 'answers') answering.set(worker.id, worker);
    if (!isAboutMetrics(message)) return;
    if (message.metrics !== 'wanted' && message.metrics !== 'given') return;
    latest.set(worker.id, message.own);
    if (message.metrics === 'wanted') ask(worker, message.id);
    else note(worker, message.id);
  });
  cluster.on('exit', (worker) => {
    answering.delete(worker.id);
    departing = departing.then(() => countDeparted(worker));
  });
}

function send(worker: Worker, message: MetricsMessage): void {
  if (worker.isConnected()) worker.send(message);
}

/** Whether a kind of metric says what happened so far, rather than what is now. */
function isCounted(type: unknown): boolean {
  return type === 'counter' || type === 'histogram';
}
