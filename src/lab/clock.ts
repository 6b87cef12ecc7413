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
  if (first.end !== 'timeout') return first;
  const between = await box.run(known, signal);
  return isInTime(between, known) ? box.run(asked, signal) : { ...first, end: 'box-failed', because: busy };
}

/** It came to its end, and would have in half of its time. */
export function isInTime({ end, wallMs }: Pick<BoxResult, 'end' | 'wallMs'>, { limits: own }: Pick<BoxSpec, 'limits'>): boolean {
  return end === 'exited' && wallMs <= own.wallMs * inTimeShare;
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
    isSlow ||= result.end === 'timeout';
    return result;
  };
  return { run };
}
