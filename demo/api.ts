import { setTimeout as sleep } from 'node:timers/promises';
import { actionNamed } from '../src/app/actions.ts';
import { remoteHub } from '../src/app/remote.ts';
import { isRefusal, type Refusal } from '../src/base/refusal.ts';

const patienceMs = 90_000;
const pauseMs = 250;

/** Somebody at a hub: says verbs over HTTP, under their own token. */
export interface Client {
  /** Says a verb and expects it to be done. Repeated under one Idempotency-Key while the hub is away, so it happens once. */
  say<R = Record<string, unknown>>(verb: string, input?: Record<string, unknown>): Promise<R>;
  /** Says a verb and returns what came, a refusal too. */
  ask(verb: string, input?: Record<string, unknown>): Promise<unknown | Refusal>;
  /** Asks again and again until the answer is what is waited for. */
  until<R>(verb: string, input: Record<string, unknown>, isThere: (answer: R) => boolean, what: string): Promise<R>;
}

let sequence = 0;

export function clientOf(url: () => string, token?: string): Client {
  const ask = async (name: string, input: Record<string, unknown> = {}): Promise<unknown | Refusal> => {
    const verb = actionNamed(name);
    if (!verb) throw new Error(`no verb ${name}`);
    const key = verb.at.startsWith('POST') && !verb.secret && token ? `demo-${process.pid}-${++sequence}` : undefined;
    for (const deadline = performance.now() + patienceMs; ; ) {
      const outcome = await remoteHub(url(), token).call(verb, input, key);
      if (!isRefusal(outcome) || outcome.code !== 'unavailable' || performance.now() > deadline) return outcome;
      await sleep(pauseMs);
    }
  };
  return {
    ask,
    async say<R>(name: string, input?: Record<string, unknown>) {
      const outcome = await ask(name, input);
      if (isRefusal(outcome))
        throw new Error(`${name} was refused: ${outcome.code}: ${outcome.because}${outcome.at ? ` (${outcome.at})` : ''}`);
      return outcome as R;
    },
    async until<R>(name: string, input: Record<string, unknown>, isThere: (answer: R) => boolean, what: string) {
      for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(pauseMs)) {
        const answer = await ask(name, input);
        if (!isRefusal(answer) && isThere(answer as R)) return answer as R;
      }
      throw new Error(`waited ${patienceMs / 1000} s in vain for ${what}`);
    },
  };
}
