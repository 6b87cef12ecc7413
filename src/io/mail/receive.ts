import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { IncomingMail } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { readMail } from './read.ts';
import { type MailBounds, mailBounds } from './send.ts';

interface ReceiverOptions {
  readonly protocol: 'smtp' | 'lmtp';
  readonly host: string;
  readonly port: number;
  /** What this hub calls itself. */
  readonly name: string;
  /** Asked before a byte of the mail is taken. */
  knows(address: string): boolean;
  /** What it refuses is refused to whoever brings it; what it throws is to be brought again. After it returns, the mail is ours. */
  take(mail: IncomingMail): Promise<Refusal | undefined>;
  log(problem: string, error: unknown): void;
}

interface Receiver {
  readonly port: number;
  close(): Promise<void>;
}

/** SMTP's answer to each refusal (RFC 5321 §4.2, RFC 3463). What is not known reads the same whatever it is. */
const answers: Readonly<Record<string, readonly [code: number, text: string]>> = {
  not_found: [550, '5.1.1 no such address'],
  too_large: [552, '5.3.4 too large'],
  too_many: [452, '4.5.3 too many at once; come again'],
  unavailable: [451, '4.3.0 come again'],
  untrusted: [550, '5.7.1 not from the address this hub knows'],
  malformed: [554, '5.6.0 not a mail that can be read'],
  wrong_state: [550, '5.2.1 nothing is taken here any more'],
};

/**
 * Takes mail from the mail server of whoever runs this hub, one recipient at a time: each is answered for by itself. A mail is acknowledged
 * only once it is kept. There is no relaying, no login, no TLS of its own: it listens where only that server comes.
 */
export async function openReceiver(options: ReceiverOptions, bounds: MailBounds = mailBounds): Promise<Receiver> {
  const server = new SMTPServer({
    lmtp: options.protocol === 'lmtp',
    ...{ name: options.name, banner: 'Breakwater', logger: false, disableReverseLookup: true, hideSMTPUTF8: false },
    disabledCommands: ['AUTH', 'STARTTLS'],
    ...{ size: limits.mailBytes, maxClients: bounds.atOnce, socketTimeout: bounds.idleMs, closeTimeout: 1000 },
    onRcptTo({ address }, session, answer) {
      if (session.envelope.rcptTo.length > 0) return answer(failure(452, '4.5.3 one recipient at a time'));
      answer(options.knows(address.toLowerCase()) ? null : failure(...answers.not_found!));
    },
    onData(stream, session, answer) {
      taken(stream, session, options).then(
        (refusal) => answer(refusal ? failure(...(answers[refusal.code] ?? [550, '5.0.0 not taken'])) : null),
        (error) => {
          options.log('mail in', error);
          answer(failure(...answers.unavailable!));
        },
      );
    },
  });
  server.on('error', (error) => options.log('mail in', error));
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(options.port, options.host, () => {
      server.off('error', failed);
      ready();
    });
  });
  return {
    port: (server.server.address() as { port: number }).port,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

async function taken(stream: SMTPServerDataStream, session: SMTPServerSession, options: ReceiverOptions): Promise<Refusal | undefined> {
  const parts: Buffer[] = [];
  // What is too long is read to its end and kept in no part: the answer can only come then.
  for await (const part of stream as AsyncIterable<Buffer>) if (!stream.sizeExceeded) parts.push(part);
  if (stream.sizeExceeded) return { refused: true, code: 'too_large', because: 'too large' };
  const { mailFrom, rcptTo } = session.envelope;
  const mail = await readMail({ to: rcptTo[0]!.address, sender: mailFrom ? mailFrom.address : '' }, Buffer.concat(parts));
  return isRefusal(mail) ? mail : options.take(mail);
}

function failure(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
