/** What one of several processes tells the one that started it. */
export type Report =
  /** It answers from now on; `announcement` is for the person who started the site. */
  | { readonly report: 'answers'; readonly announcement: string }
  /** It cannot start, and ends; `sentence` says why. */
  | { readonly report: 'refuses'; readonly sentence: string };

/** Whether a message between processes is a report; others pass there too. */
export function isReport(message: unknown): message is Report {
  return typeof message === 'object' && message !== null && 'report' in message;
}

/** Tells the process that started this one. Fulfilled when that is on its way, so that this process may end. */
export function sendReport(report: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(report, () => resolve());
    else resolve();
  });
}
