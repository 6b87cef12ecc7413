import { SMTPServer } from 'smtp-server';

interface Taken {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

type Answer = { readonly code: number; readonly text: string } | 'take' | 'hang up' | 'wait';

/** Somebody's own mail server: takes what it is sent, or answers as it is told, and remembers every byte. */
export async function openMailServer() {
  const taken: Taken[] = [];
  const here = { answer: ((): Answer => 'take') as (mail: Taken) => Answer, rcpt: ((): Answer => 'take') as (to: string) => Answer };
  const failure = ({ code, text }: { code: number; text: string }) => Object.assign(new Error(text), { responseCode: code });
  const server = new SMTPServer({
    ...{ authOptional: true, logger: false, disableReverseLookup: true, disabledCommands: ['AUTH', 'STARTTLS'], hideSMTPUTF8: false },
    onRcptTo({ address }, _session, done) {
      const answer = here.rcpt(address);
      done(typeof answer === 'object' ? failure(answer) : null);
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail = { from: mailFrom ? mailFrom.address : '', to: rcptTo[0]!.address, raw: Buffer.concat(parts).toString() };
        const answer = here.answer(mail);
        if (answer === 'wait') return;
        if (answer === 'hang up') {
          taken.push(mail);
          for (const connection of server.connections) (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
          return;
        }
        if (answer === 'take') taken.push(mail);
        done(answer === 'take' ? null : failure(answer));
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    port: (server.server.address() as { port: number }).port,
    taken,
    answerWith(answer: (mail: Taken) => Answer, rcpt: (to: string) => Answer = () => 'take') {
      here.answer = answer;
      here.rcpt = rcpt;
    },
    close: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

/** The door on such a server. */
export function relayTo(port: number) {
  return {
    ...{ host: '127.0.0.1', port, tls: false, plain: true, user: undefined, password: undefined },
    ...{ from: 'notices@hub.example', replyDomain: 'mail.hub.example' },
  };
}
