import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Instant } from '../base/instant.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { directory, type Entry, packed } from '../base/zip.ts';
import { samples as samplesVerb } from '../reviews/logs/actions.ts';
import { everyEvalEver } from '../reviews/logs/every-eval-ever.ts';
import type { ExportPage } from '../reviews/logs/export.ts';
import { type About, type Counted, countedOf, headerOf, type PageProof, proofOf } from '../reviews/logs/inspect/write.ts';
import type { LogSample } from '../reviews/logs/log.ts';
import { spansOf } from '../reviews/logs/spans.ts';
import { samplesOut } from '../reviews/logs/wire.ts';
import type { Ending } from './ending.ts';
import type { Remote } from './remote.ts';
import { version } from './version.ts';

export const kinds = ['inspect', 'inspect-json', 'every-eval-ever', 'otel'] as const;
type Kind = (typeof kinds)[number];

/** What writes one format: each sample as it comes, and the end. */
interface Writer {
  add(sample: LogSample): void;
  end(about: About, counted: readonly Counted[], pages: readonly PageProof[]): void;
}

/** Page by page into a new file, which is taken away again where it cannot be whole. */
export async function exportPlan(plan: string, { as, to }: { as: Kind; to: string }, hub: Remote): Promise<Ending> {
  let file: number;
  try {
    file = openSync(to, 'wx');
  } catch (error) {
    return refuse('conflict', (error as Error).message, 'to');
  }
  const put = (bytes: string | Uint8Array) => void (typeof bytes === 'string' ? writeSync(file, bytes) : writeSync(file, bytes));
  const outcome = await writeAll(plan, writers[as](put), hub).catch((error: Error) => refuse('unavailable', error.message));
  closeSync(file);
  if (isRefusal(outcome)) rmSync(to);
  return isRefusal(outcome)
    ? outcome
    : { value: { ...outcome, as, to }, text: `${to}: ${outcome.samples} samples, ${outcome.withheld} of them withheld` };
}

/** What the hub says of the plan, beside each page of its samples. */
type Said = Omit<About, 'planId' | 'planDigest' | 'suiteDigest' | 'product'> & { readonly digest: string; readonly suite: string };

async function writeAll(plan: string, writer: Writer, hub: Remote): Promise<{ samples: number; withheld: number } | Refusal> {
  const [counted, pages]: [Counted[], PageProof[]] = [[], []];
  let withheld = 0;
  for (let after = ''; ; ) {
    const answer = await hub.call(samplesVerb, { id: plan, ...(after === '' ? {} : { after }) });
    if (isRefusal(answer)) return answer;
    const read = samplesOut.safeParse(answer);
    if (!read.success) return refuse('unavailable', 'the hub answered something else than samples');
    const { about, ...page } = read.data as unknown as ExportPage & { about: Said };
    for (const { sample } of page.samples) {
      writer.add(sample);
      counted.push(countedOf(sample));
      if (sample.metadata.withheld !== undefined) withheld++;
    }
    pages.push(proofOf(page));
    if (page.next === null) {
      const { digest: planDigest, suite: suiteDigest, ...said } = about;
      writer.end({ ...said, planId: plan, planDigest, suiteDigest, product: version }, counted, pages);
      return { samples: counted.length, withheld };
    }
    after = page.next;
  }
}

type Put = (bytes: string | Uint8Array) => void;

const writers: Readonly<Record<Kind, (put: Put) => Writer>> = {
  inspect(put) {
    const entries: Entry[] = [];
    const summaries: object[] = [];
    let place = 0;
    // One time for all, so that the same export is the same file.
    const at = '1980-01-01T00:00:00.000Z' as Instant;
    const entry = (name: string, value: unknown) => {
      const { bytes, about } = packed(name, Buffer.from(JSON.stringify(value)), at);
      entries.push({ name, at: place, length: bytes.length, about });
      place += bytes.length;
      put(bytes);
    };
    return {
      add(sample) {
        const { id, epoch, input, target, scores } = sample;
        entry(`samples/${id}_epoch_${epoch}.json`, sample);
        summaries.push({ id, epoch, input: input.slice(0, 1000), target, ...(scores ? { scores } : {}), completed: true });
      },
      end(about, counted, pages) {
        const { reductions, ...header } = headerOf(about, counted, pages);
        entry('summaries.json', summaries);
        entry('reductions.json', reductions);
        entry('_journal/start.json', { version: header.version, eval: header.eval, plan: header.plan });
        entry('header.json', header);
        for (const part of directory(entries, place)) put(part);
      },
    };
  },
  // What is read first comes first for readers that stop there: the samples wait as texts.
  'inspect-json'(put) {
    const waiting: string[] = [];
    return {
      add: (sample) => void waiting.push(JSON.stringify(sample)),
      end(about, counted, pages) {
        const { reductions, ...header } = headerOf(about, counted, pages);
        put(`${JSON.stringify(header).slice(0, -1)},"samples":[`);
        for (const [i, sample] of waiting.entries()) put(`${i === 0 ? '' : ','}\n${sample}`);
        put(`],"reductions":${JSON.stringify(reductions)}}\n`);
      },
    };
  },
  'every-eval-ever': (put) => ({
    add() {},
    end: (about, counted, pages) => put(`${JSON.stringify(everyEvalEver(about, counted, saidAt(pages.at(-1)!)), null, 2)}\n`),
  }),
  otel: (put) => ({
    add: (sample) => put(`${JSON.stringify(spansOf(sample, Object.keys(sample.model_usage)[0] ?? '', version))}\n`),
    end() {},
  }),
};

/** By the hub's clock. */
const saidAt = ({ statement }: PageProof) => statement.split('\n')[3] as Instant;
