import type { Message, MessageKey } from '../http/messages.ts';
import type { ShutOut } from '../persons/standing.ts';
import type { RememberedPerson } from '../visitors/visitor.ts';
import type { FieldErrors, ReplyFields } from './form.ts';

/** The form for a reply, as a page prints it. */
export interface ReplyForm {
  /** Path that it is sent to. */
  readonly action: string;
  readonly conversationId: number;
  /** Characters that the text may have. */
  readonly longest: number;
  readonly fields: ReplyFields;
  readonly errors: readonly { readonly field: string; readonly message: Message }[];
  /** The name of the staff member who writes; a guest is asked for one. */
  readonly staffName: string | undefined;
  readonly emailRequired: boolean;
  /** Minutes within which one posts one comment here; 0: as many as one likes. */
  readonly slowMinutes: number;
  /** Where its person may write nothing at present: why, and until when. */
  readonly shutOut: ShutOut | undefined;
  /** What the button says: what will happen. */
  readonly submit: MessageKey;
}

const emptyFields: ReplyFields = {
  ...{ name: '', email: '', website: '', body: '', parent: '', key: '', remember: '' },
  ...{ topic: '', seconds: '' },
  ...{ follow: '', pace: '', tell_decision: '' },
};

/** The fields of a form that nobody has typed into yet, with what this browser remembers. */
export function freshFields(remembered: RememberedPerson, parent = ''): ReplyFields {
  const remember = remembered.name === '' ? '' : 'on';
  return { ...emptyFields, ...remembered, remember, parent };
}

/** The errors in the order of the fields on the page, for the summary. */
export function listErrors(errors: FieldErrors): ReplyForm['errors'] {
  const order = ['parent', 'body', 'name', 'email', 'website', 'follow'] as const;
  return order.flatMap((field) => {
    const message = errors[field];
    return message ? [{ field: field === 'parent' ? 'reply' : field, message }] : [];
  });
}
