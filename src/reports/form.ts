import { readFields } from '../http/fields.ts';
import type { Message } from '../http/messages.ts';
import { isEmail, normaliseEmail } from '../text/email-address.ts';
import { normaliseLine } from '../text/plain-text.ts';
import type { ReportKind } from './table.ts';

/** What one chooses from in the short form. */
export const shortKinds = [
  'spam',
  'abuse',
  'private_data',
  'off_topic',
  'other',
] as const satisfies readonly ReportKind[];

/** Characters that the texts of a report may have; what is illegal may take more words. */
export const longestReport = { short: 1_000, illegal: 2_000, law: 300, name: 60 };

const fieldNames = ['kind', 'text', 'law', 'name', 'email', 'good_faith'] as const;

type Field = (typeof fieldNames)[number];

/** What was typed into either form. */
export type ReportFields = Readonly<Record<Field, string>>;

/** What is wrong with a field. */
export interface ReportError {
  readonly field: Field;
  readonly message: Message;
}

/** A report that can be taken. */
export interface ReportDraft {
  readonly kind: ReportKind;
  readonly text: string;
  /** Of what is illegal: the law that it breaks, and who says so. */
  readonly claim: { readonly law: string; readonly name: string } | undefined;
  /** Normalised; undefined where nobody wants mail. */
  readonly email: string | undefined;
}

/** A form that nobody has typed into yet. */
export const emptyReport: ReportFields = { kind: '', text: '', law: '', name: '', email: '', good_faith: '' };

/** Picks the fields of a report out of what was sent. */
export function readReport(body: unknown): ReportFields {
  return readFields(body, fieldNames);
}

/** Checks the short form. @returns the report, or what is wrong with it. */
export function checkReport(fields: ReportFields): ReportDraft | ReportError[] {
  const kind = shortKinds.find((each) => each === fields.kind);
  const text = fields.text.trim();
  const email = normaliseEmail(fields.email);
  const errors = [
    ...(kind ? [] : [refuse('kind', { key: 'report.kindMissing' })]),
    ...(kind === 'other' && text === '' ? [refuse('text', { key: 'report.textMissing' })] : []),
    ...tooLong('text', text, longestReport.short),
    ...malformed(email),
  ];
  if (errors.length > 0 || !kind) return errors;
  return { kind, text, claim: undefined, email: email || undefined };
}

/** Checks the form for what is illegal: what it is, which law it breaks, and who says so with name and address. */
export function checkIllegal(fields: ReportFields): ReportDraft | ReportError[] {
  const text = fields.text.trim();
  const law = normaliseLine(fields.law);
  const name = normaliseLine(fields.name);
  const email = normaliseEmail(fields.email);
  const errors = [
    ...(text === '' ? [refuse('text', { key: 'report.textMissing' })] : []),
    ...tooLong('text', text, longestReport.illegal),
    ...(law === '' ? [refuse('law', { key: 'report.lawMissing' })] : []),
    ...tooLong('law', law, longestReport.law),
    ...(name === '' ? [refuse('name', { key: 'report.nameMissing' })] : []),
    ...tooLong('name', name, longestReport.name),
    ...(email === '' ? [refuse('email', { key: 'report.emailMissing' })] : malformed(email)),
    ...(fields.good_faith === 'on' ? [] : [refuse('good_faith', { key: 'report.goodFaithMissing' })]),
  ];
  return errors.length > 0 ? errors : { kind: 'illegal', text, claim: { law, name }, email };
}

function refuse(field: Field, message: Message): ReportError {
  return { field, message };
}

function malformed(email: string): ReportError[] {
  return email === '' || isEmail(email) ? [] : [refuse('email', { key: 'reply.email.malformed' })];
}

function tooLong(field: Field, text: string, most: number): ReportError[] {
  const length = [...text].length;
  return length > most ? [refuse(field, { key: 'report.tooLong', values: { most, length } })] : [];
}
