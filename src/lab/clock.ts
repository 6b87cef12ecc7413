import type { Box, BoxResult, BoxSpec, TreeId } from '../base/doors.ts';

type Runs = Pick<Box, 'run'>;

const inTimeShare = 0.5;

/**
 * What the clock ended was slow by itself or stood on a busy machine, and one run cannot say which. So it is tried again, and between the two
 * `known`, of which it is known that it ends. It was slow by itself where the clock ends it twice and `known` came to its end in half of its
 * own time; where it ends the second time, that counts; anything else says nothing, and is the box's failure (docs/decisions/0050).
 */
async function runTwice(box: Runs, asked: BoxSpec, known: BoxSpec, signal?: AbortSignal): Promise<BoxResult> {
  const first = await box.run(asked, signal);
  if (!isCut(first, asked)) return first;
  const between = await box.run(known, signal);
  return isInTime(between, known) ? box.run(asked, signal) : { ...first, end: 'box-failed', because: busy };
}

/** It came to its end, and would have in half of its time. */
export function isInTime({ end, wallMs }: Pick<BoxResult, 'end' | 'wallMs'>, { limits: own }: Pick<BoxSpec, 'limits'>): boolean {
  return end === 'exited' && wallMs <= own.wallMs * inTimeShare;
}

/** By the box's clock; or by the observer's in it, which stops a driver before that, and comes to an end itself. */
function isCut(result: BoxResult, asked: BoxSpec): boolean {
  if (result.end === 'timeout') return true;
  const observed = result.reports.find(({ name }) => name === 'observed.json');
  return observed !== undefined && !isInTime(result, asked) && isUnsure(observed.bytes);
}

/** Nobody's word: it has something tried again, and decides nothing. */
function isUnsure(report: Uint8Array): boolean {
  try {
    return (JSON.parse(Buffer.from(report).toString('utf8')) as { saw?: unknown } | null)?.saw === 'unsure';
  } catch {
    return false;
  }
}

export const busy = 'its time was up, and what is known to end was slow too: the machine is busy';

/**
 * A box that holds nobody to the clock by one run of what stands on `tree`; what stands elsewhere runs as it is asked for. Once something was
 * slow by itself there, the rest is not tried twice: it can make no difference any more.
 */
export function unhurried(box: Runs, tree: TreeId, known: (asked: BoxSpec) => BoxSpec): Runs {
  let isSlow = false;
  const run: Runs['run'] = async (asked, signal) => {
    if (isSlow || asked.trees[0]?.tree !== tree) return box.run(asked, signal);
    const result = await runTwice(box, asked, known(asked), signal);
    isSlow ||= isCut(result, asked);
    return result;
  };
  return { run };
}
