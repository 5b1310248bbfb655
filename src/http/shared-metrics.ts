import cluster from 'node:cluster';
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client';

/** The metrics of one process at one moment. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[];

/** What several processes of a site say to the one that keeps them, and hear from it. */
export type MetricsMessage =
  /** To it: the asker's own metrics, and a wish for those of the others. */
  | { readonly metrics: 'wanted'; readonly id: number; readonly own: ProcessMetrics }
  /** From it, to each of the others. */
  | { readonly metrics: 'asked'; readonly id: number }
  /** To it: the answer. */
  | { readonly metrics: 'given'; readonly id: number; readonly own: ProcessMetrics }
  /** From it, to who asked. */
  | { readonly metrics: 'others'; readonly id: number; readonly others: readonly ProcessMetrics[] };

/** Whether a message between processes is about metrics; others pass there too. */
export function isAboutMetrics(message: unknown): message is MetricsMessage {
  return typeof message === 'object' && message !== null && 'metrics' in message;
}

/**
 * Shows the metrics of the whole site: of this process or, where it is one of several, added up over all of them, each
 * metric as its `aggregator` says. Whoever asks is answered by whichever process is free.
 *
 * @returns gives them as Prometheus reads them.
 */
export function shareMetrics(registry: Registry): () => Promise<string> {
  if (!cluster.isWorker) return () => registry.metrics();
  const waiting = new Map<number, (others: readonly ProcessMetrics[]) => void>();
  const send = (message: MetricsMessage) => process.connected && process.send?.(message);
  process.on('message', async (message: unknown) => {
    if (!isAboutMetrics(message)) return;
    if (message.metrics === 'asked') send({ metrics: 'given', id: message.id, own: await registry.getMetricsAsJSON() });
    if (message.metrics === 'others') {
      waiting.get(message.id)?.(message.others);
      waiting.delete(message.id);
    }
  });
  let last = 0;
  return async () => {
    const own = await registry.getMetricsAsJSON();
    last += 1;
    const others = await new Promise<readonly ProcessMetrics[]>((resolve) => {
      waiting.set(last, resolve);
      send({ metrics: 'wanted', id: last, own });
    });
    return AggregatorRegistry.aggregate([own, ...others]).metrics();
  };
}
