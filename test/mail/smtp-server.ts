import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A mail as it arrived. */
export interface Received {
  readonly from: string;
  readonly recipients: readonly string[];
  /** Headers and body, with the dots of the protocol taken out. */
  readonly content: string;
}

/** What the server answers to a command; none: what a server does that is content. */
export type Answers = Partial<Record<'RCPT' | 'DATA' | 'content', string>>;

/** A mail server on this machine that takes mail for anyone, and speaks as much SMTP as that needs. */
export interface SmtpServer {
  readonly url: string;
  readonly received: Received[];
  /** How often it was greeted. */
  readonly greetings: number;
  /** Assign to it to have the next mail refused. */
  answers: Answers;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const server = createServer((socket) => converse(socket, smtp));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const smtp = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [] as Received[],
    greetings: 0,
    answers: {} as Answers,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return smtp;
}

function converse(socket: Socket, smtp: { received: Received[]; greetings: number; answers: Answers }): void {
  let envelope = { from: '', recipients: [] as string[] };
  let unread = '';
  let inContent = false;
  const say = (line: string) => socket.write(`${line}\r\n`);

  const obey = (line: string) => {
    const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'EHLO' || verb === 'HELO') {
      smtp.greetings += 1;
      say('250 here');
    } else if (verb === 'MAIL') {
      envelope = { from: address, recipients: [] };
      say('250 go on');
    } else if (verb === 'RCPT') {
      envelope.recipients.push(address);
      say(smtp.answers.RCPT ?? '250 go on');
    } else if (verb === 'DATA') {
      inContent = smtp.answers.DATA === undefined;
      say(smtp.answers.DATA ?? '354 tell me');
    } else if (verb === 'QUIT') {
      say('221 farewell');
      socket.end();
    } else say('250 if you like');
  };

  const takeContent = () => {
    const end = unread.indexOf('\r\n.\r\n');
    if (end < 0) return false;
    const content = unread.slice(0, end).replace(/^\.\./gm, '.');
    unread = unread.slice(end + 5);
    inContent = false;
    if (smtp.answers.content === undefined) smtp.received.push({ ...envelope, content });
    say(smtp.answers.content ?? '250 taken');
    return true;
  };

  say('220 loopback');
  socket.setEncoding('utf8').on('data', (text) => {
    unread += text;
    for (;;) {
      if (inContent) {
        if (!takeContent()) return;
        continue;
      }
      const end = unread.indexOf('\r\n');
      if (end < 0) return;
      const line = unread.slice(0, end);
      unread = unread.slice(end + 2);
      obey(line);
    }
  });
}
