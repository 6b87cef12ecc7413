import { z } from 'zod';
import { CanarySearch, type Hit } from '../suites/contamination/search.ts';
import { handedInAt } from './grader/reading.ts';
import { saidIn } from './rubric.ts';

interface Seen extends Hit {
  readonly where: string;
}

/**
 * Canaries in what a model said, asked tools to do, or handed in, piece after piece: one that is split over two messages is found at the second.
 * What tools answered is searched apart, so that it neither hides nor makes such a split: there a canary tells that it lay in the agent's box, or
 * that the model had written it down before.
 */
export function canariesIn(entries: readonly unknown[], handedIn: Uint8Array | undefined, canaries: readonly string[]): Seen[] {
  const search = new CanarySearch(canaries);
  const pieces = [...saidIn(entries), ...(handedIn ? [{ where: handedInAt, text: Buffer.from(handedIn).toString('latin1') }] : [])];
  const seen = new Map<string, Seen>();
  for (const part of [pieces, answeredIn(entries)]) {
    const reader = search.reader();
    for (const { where, text } of part)
      for (const hit of reader.feed(text)) seen.set([hit.canary, hit.guise, where].join('\n'), { ...hit, where });
  }
  return [...seen.values()];
}

const byTool = z.object({ said: z.literal('by-tool'), answer: z.string() });

const answeredIn = (entries: readonly unknown[]) =>
  entries.flatMap((entry, i) => {
    const answer = byTool.safeParse(entry).data?.answer;
    return answer === undefined ? [] : [{ where: `transcript ${i}, a tool’s answer`, text: answer }];
  });
