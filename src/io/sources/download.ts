import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { blocksOf } from '../net/address.ts';
import { addressesOf, onlyTo, readUrl, systemResolve } from '../net/dial.ts';
import { stopOfFetch } from './stopping.ts';

/** From the request to the last byte; and without a byte. */
export const downloadMs = 10 * 60 * 1000;
const idleMs = 60 * 1000;
const redirects = 5;

/**
 * Who chose the address. A recipe's leads to public hosts by HTTPS only, and to what whoever runs this hub allowed; a registry was chosen by
 * whoever runs this hub, as were its mirrors and the machine's proxy.
 */
export type Reach = { readonly chosenBy: 'recipe'; readonly own: readonly string[] } | { readonly chosenBy: 'operator' };

interface Asked {
  readonly reach: Reach;
  readonly maxBytes: number;
  readonly accept?: string;
}

interface Answer {
  /** After redirects: what links in it are relative to. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Fetches one file into `to`, whole or not at all. `not_found` when it is gone for good, `unavailable` when nothing whole came. */
export async function download(text: string, to: string, asked: Asked): Promise<Answer | Refusal> {
  const url = readUrl(text);
  if (isRefusal(url)) return url;
  const late = AbortSignal.timeout(downloadMs);
  const stop = stopOfFetch();
  const file = await open(to, 'w', 0o600);
  try {
    const response = await following(url, asked, stop ? AbortSignal.any([late, stop]) : late);
    if (isRefusal(response)) return response;
    return await received(response, file, asked);
  } catch (cause) {
    if (stop?.aborted) return refuse('unavailable', `${url.host}: stopped before it had come`);
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw cause;
    const why = late.aborted ? `nothing whole within ${downloadMs / 1000} s` : (code ?? (cause as Error).message);
    return refuse('unavailable', `${url.host} cannot be reached: ${why}`);
  } finally {
    await file.close();
  }
}

type Found = IncomingMessage & { readonly from: URL };

async function following(first: URL, asked: Asked, signal: AbortSignal): Promise<Found | Refusal> {
  let url = first;
  for (let hops = 0; hops <= redirects; hops++) {
    const response = await get(url, asked, signal);
    if (isRefusal(response)) return response;
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return Object.assign(response, { from: url });
    response.destroy();
    if (statusCode === 404 || statusCode === 410) return refuse('not_found', `${first.host} no longer has it: ${statusCode}`, 'url');
    if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location)
      return refuse('unavailable', `${first.host} answered ${statusCode}`);
    const next = readUrl(URL.parse(headers.location, url)?.href ?? '');
    if (isRefusal(next)) return refuse('untrusted', `${first.host} leads on to what is no address`, 'url');
    if (url.protocol === 'https:' && next.protocol === 'http:') return refuse('untrusted', `${first.host} leads on without TLS`, 'url');
    url = next;
  }
  return refuse('unavailable', `${first.host} leads on more than ${redirects} times`);
}

async function get(url: URL, { reach, accept }: Asked, signal: AbortSignal): Promise<IncomingMessage | Refusal> {
  const addresses = reach.chosenBy === 'recipe' ? await addressesOf(url, blocksOf(reach.own), systemResolve) : undefined;
  if (isRefusal(addresses)) return addresses;
  const isTls = url.protocol === 'https:';
  const agent = isTls && !addresses ? new Agent({ proxyEnv: process.env }) : false;
  const headers = { 'user-agent': 'breakwater', 'accept-encoding': 'identity', ...(accept ? { accept } : {}) };
  return new Promise((resolve, reject) => {
    const make = isTls ? requestHttps : requestHttp;
    const request = make(url, {
      headers,
      agent,
      signal,
      timeout: idleMs,
      ...(addresses ? { lookup: onlyTo(addresses) } : {}),
    });
    request.on('timeout', () => request.destroy(new Error(`silent for ${idleMs / 1000} s`)));
    request.on('error', reject);
    request.on('response', resolve);
    request.end();
  });
}

async function received(response: Found, file: FileHandle, { maxBytes }: Asked): Promise<Answer | Refusal> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) return refuse('too_large', `an archive of sources holds at most ${maxBytes} bytes`);
    hash.update(part);
    for (let at = 0; at < part.length; ) at += (await file.write(part, at)).bytesWritten;
  }
  if (!response.complete) return refuse('unavailable', `${response.from.host} ended in the middle`);
  await file.sync();
  return { url: response.from.href, sha256: hash.digest('hex'), bytes };
}
