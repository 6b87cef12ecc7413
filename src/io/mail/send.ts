import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import MimeNode from 'nodemailer/lib/mime-node';
import type { Mail, MailAnswer, OutgoingMail } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';

interface RelayOptions {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS, and no mail where the relay has none. */
  readonly tls: boolean;
  /** Without TLS: only for a relay on this machine. */
  readonly plain: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Also the domain in which this hub greets. */
  readonly from: string;
  readonly replyDomain: string | undefined;
}

export interface MailBounds {
  readonly atOnce: number;
  readonly idleMs: number;
  /** Of one mail that goes out. */
  readonly wholeMs: number;
}

export const mailBounds: MailBounds = { atOnce: limits.mailsAtOnce, idleMs: limits.mailIdleMs, wholeMs: limits.mailMs };

/** Where no relay was named: nothing goes out, and nothing is lost, because notices lie on the desk. */
export const noMail: Mail = {
  sends: false,
  replyDomain: undefined,
  send: async () => ({ outcome: 'later', status: null, enhanced: null, because: 'this hub sends no mail' }),
};

/** One connection a mail: few are sent, and a relay that went away in between harms nobody. */
export function relayMail(options: RelayOptions, bounds: MailBounds = mailBounds): Mail {
  const { host, port, tls, plain, user, password, from, replyDomain } = options;
  const transport = createTransport({
    ...{ host, port, secure: tls, requireTLS: !tls && !plain, ignoreTLS: plain, name: domainOf(from) },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    ...{ connectionTimeout: bounds.idleMs, greetingTimeout: bounds.idleMs, socketTimeout: bounds.idleMs },
    // A mail is what we wrote: nothing in it names a file or an address to be fetched.
    ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
  });
  return {
    sends: true,
    replyDomain,
    async send(mail) {
      const raw = Readable.from([await written(mail, from).build()]);
      let isSaid = false;
      raw.on('end', () => {
        isSaid = true;
      });
      const late = AbortSignal.timeout(bounds.wholeMs);
      try {
        const envelope = { from: mail.bounceTo ?? '', to: mail.to };
        const info = await transport.sendMail({ envelope, raw, signal: late });
        return answerOf('taken', info.response);
      } catch (error) {
        return failureOf(error as SmtpError, isSaid);
      }
    },
  };
}

/** RFC 5322, RFC 3834 §5: whoever answers by themselves must see that this was not written by a person. */
function written(mail: OutgoingMail, from: string): MimeNode {
  const { body } = mail;
  const options = { disableFileAccess: true, disableUrlAccess: true };
  const root =
    body.kind === 'openpgp'
      ? new MimeNode('multipart/encrypted; protocol="application/pgp-encrypted"', options)
      : new MimeNode(body.kind === 'age' ? 'multipart/mixed' : 'text/plain; charset=utf-8', options);
  root.setHeader({
    ...{ from, to: mail.to, subject: mail.subject, 'message-id': `<${mail.messageId}>` },
    date: new Date(mail.at).toUTCString().replace('GMT', '+0000'),
    ...(mail.replyTo === undefined ? {} : { 'reply-to': mail.replyTo }),
    'auto-submitted': 'auto-generated',
  });
  for (const [name, value] of Object.entries(mail.headers)) root.setHeader(name, value);
  if (body.kind === 'plain') return root.setContent(body.text);
  if (body.kind === 'openpgp') {
    root.createChild('application/pgp-encrypted').setContent('Version: 1\r\n');
    // RFC 3156 §3: seven bits as they are; some programs look for the armour without decoding.
    const armour = { 'content-transfer-encoding': '7bit' };
    root.createChild('application/octet-stream; name="encrypted.asc"').setHeader(armour).setContent(body.armored);
    return root;
  }
  root.createChild('text/plain; charset=utf-8').setContent('The message is in the age file beside this text.\r\n');
  root.createChild('application/octet-stream', { filename: 'message.age' }).setContent(body.armored);
  return root;
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** What went wrong decides whether it may be sent again. A server that broke off after the last byte may have taken it. */
function failureOf(error: SmtpError, isSaid: boolean): MailAnswer {
  const { responseCode = null, response, code, command } = error;
  if (responseCode !== null && response !== undefined) {
    // Who we are is not right: the recipient has nothing to do with it.
    const isOurs = code === 'EAUTH' || code === 'ETLS' || command === 'CONN' || command === 'EHLO';
    return answerOf(responseCode >= 500 && !isOurs ? 'refused' : 'later', response);
  }
  return { outcome: isSaid ? 'unknown' : 'later', status: null, enhanced: null, because: `no answer: ${code ?? 'no connection'}` };
}

function answerOf(outcome: MailAnswer['outcome'], response: string): MailAnswer {
  const [, status, enhanced] = /^(\d{3})[ -](?:(\d\.\d{1,3}\.\d{1,3})\b)?/.exec(response) ?? [];
  return {
    outcome,
    status: status === undefined ? null : Number(status),
    enhanced: enhanced ?? null,
    because: response.replace(/[^\x20-\x7e]+/g, ' ').slice(0, limits.becauseChars),
  };
}

function domainOf(from: string): string {
  return /@([^@>]+)>?$/.exec(from)?.[1] ?? 'localhost';
}
