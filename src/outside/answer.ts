import { normaliseLine } from '../text/plain-text.ts';

/** What came back, or why nothing did. */
export type ServiceAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The beginning. */
      readonly body: string;
      /** By names in lower case. */
      readonly header: (name: string) => string | null;
    }
  | { readonly kind: 'unanswered'; readonly why: 'slow' | 'unreachable' };

/**
 * Why a service said nothing that helps: it took too long, could not be reached, did not accept the key or the question, or
 * answered something else than the interface has.
 */
export type Silence = 'slow' | 'unreachable' | 'refused' | 'unclear';

/** Nothing that helps. */
export interface NoOpinion {
  readonly kind: 'none';
  readonly why: Silence;
  /** What the service gave as its reason, shortened; for staff. Empty: nothing. */
  readonly detail: string;
}

/** What a service thinks of a comment. `certain`: so surely spam that it need not be looked at. */
export type OutsideOpinion =
  | { readonly kind: 'spam'; readonly certain: boolean }
  | { readonly kind: 'good' }
  | NoOpinion;

/** Reads what a service thinks of a comment. */
export function readOpinion(answer: ServiceAnswer): OutsideOpinion {
  const said = wordOf(answer);
  if (answer.kind === 'answered' && said === 'true') {
    return { kind: 'spam', certain: answer.header('x-akismet-pro-tip')?.trim().toLowerCase() === 'discard' };
  }
  return said === 'false' ? { kind: 'good' } : noOpinion(answer);
}

/** Reads whether a service took what it was told. */
export function readThanks(answer: ServiceAnswer): { readonly kind: 'taken' } | NoOpinion {
  return wordOf(answer)?.startsWith('thanks') ? { kind: 'taken' } : noOpinion(answer);
}

/** Reads whether a service knows the key. */
export function readKeyAnswer(
  answer: ServiceAnswer,
): { readonly kind: 'valid' } | { readonly kind: 'invalid' } | NoOpinion {
  const said = wordOf(answer);
  return said === 'valid' || said === 'invalid' ? { kind: said } : noOpinion(answer);
}

// Undefined where there is no answer of the interface.
function wordOf(answer: ServiceAnswer): string | undefined {
  return answer.kind === 'answered' && answer.status === 200 ? answer.body.trim().toLowerCase() : undefined;
}

const longestDetail = 200;

function noOpinion(answer: ServiceAnswer): NoOpinion {
  if (answer.kind === 'unanswered') return { kind: 'none', why: answer.why, detail: '' };
  const reason = answer.header('x-akismet-alert-msg') ?? answer.header('x-akismet-debug-help') ?? '';
  const refused =
    /^invalid/.test(wordOf(answer) ?? '') || answer.status === 401 || answer.status === 403 || reason !== '';
  return {
    kind: 'none',
    why: refused ? 'refused' : 'unclear',
    detail: [...normaliseLine(reason)].slice(0, longestDetail).join(''),
  };
}
