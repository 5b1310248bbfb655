import { readSoon } from './reading.ts';
import type { Outcome, Submission } from './submission.ts';

/** Takes a reply into a conversation: at once, or together with those that wait for the same one. */
export type PostReply = (submission: Submission) => Promise<Outcome>;

/** Replies that are stored together at most. */
const mostTogether = 32;

/** After so many milliseconds those who wait are not held up by those before them any more. */
const longestWait = 500;

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Forms a line before each conversation: while replies are being stored, others gather, and are then stored together. One
 * transaction waits for the disk once, and takes the locks of the conversation once, however many replies are in it.
 *
 * @param post stores replies to one conversation, as `postComments` does. What fails for several is tried for each alone.
 * @param patience milliseconds after which the next are let pass beside those that are being stored.
 */
export function formReplyLines(
  post: (submissions: readonly Submission[]) => Promise<readonly Outcome[]>,
  { patience = longestWait }: { patience?: number } = {},
): PostReply {
  const lines = new Map<number, Waiting[]>();

  function goOn(conversationId: number, line: Waiting[]): void {
    const group = takeGroup(line);
    if (group.length === 0) return void lines.delete(conversationId);
    let passed = false;
    const letNextPass = () => {
      if (!passed) goOn(conversationId, line);
      passed = true;
    };
    const impatience = setTimeout(letNextPass, patience).unref();
    void settle(group).then((tell) => {
      clearTimeout(impatience);
      letNextPass();
      tell();
    });
  }

  // @returns what tells them how it went: only when those behind them are under way.
  async function settle(group: readonly Waiting[]): Promise<() => void> {
    try {
      const outcomes = await post(group.map(({ submission }) => submission));
      return () => {
        for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as Outcome);
      };
    } catch (error) {
      // One of them may be the cause: the others are not to suffer. What was stored all the same is found by its key.
      if (group.length === 1) return () => group[0]?.reject(error);
      const tells = await Promise.all(group.map((each) => settle([each])));
      return () => {
        for (const tell of tells) tell();
      };
    }
  }

  return (submission) =>
    new Promise((resolve, reject) => {
      const { conversationId } = submission;
      const line = lines.get(conversationId);
      const waiting = { submission, resolve, reject };
      if (line) {
        line.push(waiting);
        return readSoon(submission);
      }
      const begun = [waiting];
      lines.set(conversationId, begun);
      goOn(conversationId, begun);
    });
}

// The first of the line, and of those behind it whoever can go with them: what one person or network sends is counted one
// after the other, and so is what is sent twice.
function takeGroup(line: Waiting[]): Waiting[] {
  const group: Waiting[] = [];
  const taken = new Set<string>();
  const rest = line.filter((waiting) => {
    const marks = marksOf(waiting.submission);
    if (group.length === mostTogether || marks.some((mark) => taken.has(mark))) return true;
    for (const mark of marks) taken.add(mark);
    group.push(waiting);
    return false;
  });
  line.splice(0, line.length, ...rest);
  return group;
}

function marksOf({ writer, networkHash, fields }: Submission): string[] {
  const browser = writer.kind === 'guest' && writer.browserId !== undefined ? [`browser ${writer.browserId}`] : [];
  const key = fields.key === '' ? [] : [`key ${fields.key.toLowerCase()}`];
  return [`network ${networkHash.toString('base64')}`, ...browser, ...key];
}
