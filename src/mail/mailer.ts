import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transporter } from 'nodemailer';
import type { Config } from '../config.ts';
import { makeFolder } from '../make-folder.ts';
import type { Letter } from './queue.ts';

/** A mail that is ready to leave. */
export interface Message extends Letter {
  readonly from: { readonly name: string; readonly address: string };
  /** With its angle brackets. */
  readonly messageId: string;
  readonly date: Date;
}

/**
 * Hands a mail over to what delivers it; fulfilled once that has taken it.
 *
 * @throws whatever the mail server answered, see `isRefusedForGood`.
 */
export type Mailer = (message: Message) => Promise<void>;

/** The way that mail takes: by the mail server, or, where none is set, into a file. */
export function createMailer({ smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>): Mailer {
  return smtpUrl ? mailByServer(smtpUrl) : mailToFile(dataDir);
}

/** Whether a mail server's answer will be the same tomorrow: it knows no such mailbox, or takes no such text. */
export function isRefusedForGood(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode >= 500;
}

function mailByServer(smtpUrl: string): Mailer {
  const patience = { connectionTimeout: 20_000, greetingTimeout: 20_000, socketTimeout: 30_000 };
  return async (message) => {
    const { createTransport } = await import('nodemailer');
    await send(createTransport({ url: smtpUrl, ...patience }), message);
  };
}

// The name of the file comes from what the mail keeps over all attempts, so a repeat replaces the first.
function mailToFile(dataDir: string): Mailer {
  return async (message) => {
    const { createTransport } = await import('nodemailer');
    const file = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const { message: content } = await send(file, message);
    const folder = join(dataDir, 'mail');
    await makeFolder(dataDir);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const time = message.date.toISOString().replace(/\..*|[-:]/g, '');
    const name = `${time}-${message.messageId.replace(/^<|@.*/g, '')}.eml`;
    await writeFile(join(folder, `.${name}`), asTyped(String(content), message.body), { mode: 0o600 });
    await rename(join(folder, `.${name}`), join(folder, name));
  };
}

// A person opens this file in whatever is at hand, and wants to follow the link: its text is not encoded for the way.
function asTyped(content: string, body: string): string {
  const head = content.slice(0, content.indexOf('\r\n\r\n')).replace(/^(Content-Transfer-Encoding:).*$/m, '$1 8bit');
  return `${head}\r\n\r\n${body.replace(/\r?\n/g, '\r\n')}\r\n`;
}

function send<Answer>(transport: Transporter<Answer>, message: Message): Promise<Answer> {
  const { from, recipient, subject, body, unsubscribeUrl, messageId, date } = message;
  return transport.sendMail({
    from,
    to: { name: '', address: recipient },
    subject,
    text: body,
    messageId,
    date,
    headers: { 'Auto-Submitted': 'auto-generated', ...(unsubscribeUrl && oneClick(unsubscribeUrl)) },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

// Mail programs offer a button by these; their provider sends the POST (RFC 2369, RFC 8058). An address that is folded like
// other text would begin in the second line, where some do not look for it.
function oneClick(unsubscribeUrl: string) {
  return {
    'List-Unsubscribe': { prepared: true, value: `<${unsubscribeUrl}>` },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}
