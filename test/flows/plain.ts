import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { flow } from '../../src/app/flow.ts';
import { runDues } from '../../src/app/worker.ts';
import { day, hour, minute, plusMs } from '../../src/base/instant.ts';
import { isRefusal } from '../../src/base/refusal.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { type Role, roles } from '../../src/trust/orgs/org.ts';
import type { TestHub } from '../hub.ts';
import { loopPatch, loopReport } from '../lab-rehearsal.ts';

/** One step: what somebody does or what passes, and what is to be seen of it. */
interface Step {
  readonly line: number;
  readonly text: string;
  readonly below: readonly string[];
}

export interface Story {
  readonly name: string;
  readonly steps: readonly Step[];
}

const dir = join(import.meta.dirname, 'plain');

/** Lines that begin at the margin are for people; those two spaces in are steps, those four spaces in belong to the step above. */
export function stories(): Story[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.txt'));
  return files.sort().map((file) => ({ name: file.slice(0, -4), steps: stepsOf(readFileSync(join(dir, file), 'utf8')) }));
}

function stepsOf(text: string): Step[] {
  const steps: (Step & { below: string[] })[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.startsWith('    ')) steps.at(-1)!.below.push(line.trim());
    else if (line.startsWith('  ')) steps.push({ line: at + 1, text: line.trim(), below: [] });
  }
  return steps;
}

/** How, where and what. */
const shown = [
  /^shows (no|\d+ in) ([\w.-]+)$/,
  /^shows (?=[\w.-]+ (holding) )([\w.-]+) holding (.+)$/,
  /^shows (?=[\w.-]+ (=) )([\w.-]+) = (.+)$/,
] as const;

const verbs = new Map(actions.map((verb) => [verb.name as string, verb]));
const spans: Record<string, number> = { minute, hour, day };

/** Tells a story to a hub, with everything the product does by itself, and stops at the first step that comes out otherwise. */
export class Teller {
  readonly #hub: TestHub;
  readonly #people = new Map<string, Actor>();
  readonly #kept = new Map<string, unknown>();

  constructor(hub: TestHub) {
    this.#hub = hub;
  }

  async tell({ name, steps }: Story): Promise<void> {
    for (const step of steps) {
      try {
        await this.#take(step);
      } catch (error) {
        throw new Error(`${name}.txt:${step.line}: ${step.text}\n${(error as Error).message}`, { cause: error });
      }
    }
  }

  async #take(step: Step): Promise<void> {
    const { text } = step;
    const joined = /^(.+?) is an? (\w+)$/.exec(text);
    if (joined && roles.includes(joined[2] as Role)) {
      this.#people.set(joined[1]!, await this.#hub.join(joined[1]!, joined[2] as Role));
      return;
    }
    const passing = /^(\d+) (minute|hour|day)s? pass(?:es)?$/.exec(text);
    if (passing) return this.#pass(Number(passing[1]) * spans[passing[2]!]!);
    const happens = /^it happened(?: (\d+) times)?: ([\w.-]+)$/.exec(text);
    if (happens) return this.#happened(happens[2]!, Number(happens[1] ?? 1));
    const acts = /^(.+?): ([\w.]+)(.*)$/.exec(text);
    if (!acts) throw new Error('nobody knows what this step means');
    await this.#do(acts[1]!, acts[2]!, acts[3]!, step.below);
  }

  /** Day by day, with every duty on its day: a hub that is asked once after a month would have done them all late. */
  async #pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= day) {
      this.#hub.clock.advance(Math.min(left, day));
      await runDues(this.#hub.doors, flow);
      await this.#hub.settle(flow);
    }
  }

  /** In the whole story so far. */
  async #happened(event: string, times: number): Promise<void> {
    const entries = await this.#hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 100_000));
    const found = entries.map((entry) => entry.body?.event).filter((name) => name !== undefined);
    expect(found.filter((name) => name === event).length, `among: ${[...new Set(found)].join(', ')}`).toBe(times);
  }

  async #do(who: string, verb: string, rest: string, below: readonly string[]): Promise<void> {
    const actor = who === 'the hub' ? house : this.#people.get(who);
    if (!actor) throw new Error(`nobody is called ${who}`);
    const told = [rest, ...below.filter((line) => line.startsWith('with ')).map(repeated)].join(' ');
    const input = this.#inputOf(told);
    const as = actor === house ? house : await this.#hub.again(actor);
    const [declared, given] =
      verb === 'reports'
        ? [findings.submit, loopReport(String(input.title ?? 'a flaw'), String(input.poc ?? 'loop'), over(input))]
        : [verbs.get(verb), input];
    if (!declared) throw new Error(`there is no verb ${verb}`);
    const answer = await this.#hub.try(as, declared, given);
    await this.#hub.settle(flow);
    const refused = below.find((line) => line.startsWith('refused'));
    if (isRefusal(answer) && !refused) throw new Error(`refused: ${answer.code}: ${answer.because} ${answer.at ?? ''}`);
    for (const line of below) this.#see(line, answer);
  }

  #see(line: string, answer: unknown): void {
    if (line.startsWith('with ')) return;
    const [, kept, from] = /^as \$(\w+)(?: from ([\w.-]+))?$/.exec(line) ?? [];
    if (kept) {
      this.#kept.set(kept, from === undefined ? answer : at(answer, from));
      return;
    }
    const [, code, because] = /^refused (\w+)(?:: (.*))?$/.exec(line) ?? [];
    if (code) {
      const came = isRefusal(answer) ? `${answer.code}: ${answer.because}` : 'done';
      expect(came, line).toContain(because ? `${code}: ${because}` : `${code}: `);
      return;
    }
    const [, how, path, wanted] = shown.map((pattern) => pattern.exec(line)).find((found) => found !== null) ?? [];
    if (path === undefined) throw new Error(`nobody knows what "${line}" means`);
    const seen = at(answer, path);
    if (how === 'no') expect(seen ?? undefined, line).toBeUndefined();
    else if (how === 'holding') expect(JSON.stringify(seen), line).toContain(String(this.#value(wanted!)));
    else if (wanted !== undefined) expect(seen, line).toEqual(this.#value(wanted));
    else expect(seen, line).toHaveLength(Number.parseInt(how!, 10));
  }

  #inputOf(told: string): Record<string, unknown> {
    const input: Record<string, unknown> = {};
    for (const [, path, value] of told.matchAll(/([\w.]+)=("(?:[^"\\]|\\.)*"|\S+)/g)) put(input, path!.split('.'), this.#value(value!));
    return input;
  }

  /** `$kept.path`, `@Person`, `@@Organisation`, `+3d` (from now), `patch:good`, or JSON, or the word itself. */
  #value(text: string): unknown {
    const later = /^([+-]\d+)([dhm])$/.exec(text);
    if (later) return plusMs(this.#hub.clock.now(), Number(later[1]) * { d: day, h: hour, m: minute }[later[2] as 'd' | 'h' | 'm']);
    if (text.startsWith('patch:')) return loopPatch(text.slice(6));
    const word = text.startsWith('"') ? (JSON.parse(text) as string) : text;
    if (word.startsWith('@@')) return this.#person(word.slice(2)).orgId;
    if (word.startsWith('@')) return this.#person(word.slice(1)).id;
    const kept = /^\$(\w+)(?:\.([\w.-]+))?$/.exec(word);
    if (kept) return kept[2] === undefined ? this.#kept.get(kept[1]!) : at(this.#kept.get(kept[1]!), kept[2]);
    if (text.startsWith('"')) return word;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  #person(name: string): Actor {
    const found = this.#people.get(name.replaceAll('_', ' '));
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  }
}

function over({ title: _, poc: __, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/** `with 3 times a.%.name="x %"` says it three times, with the number for the sign. */
function repeated(line: string): string {
  const [, times, text] = /^with (\d+) times (.+)$/.exec(line) ?? [];
  if (text === undefined) return line.slice('with '.length);
  return Array.from({ length: Number(times) }, (_, i) => text.replaceAll('%', String(i))).join(' ');
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((of, key) => (of as Record<string, unknown> | null | undefined)?.[key], value);
}

function put(into: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[key!] = value;
    return;
  }
  into[key!] ??= /^\d+$/.test(rest[0]!) ? [] : {};
  put(into[key!] as Record<string, unknown>, rest, value);
}
