import type { Box, BoxResult, BoxSpec, TreeId } from '../../base/doors.ts';

/** The same box, with at most `most` running: whoever asks for more waits before its clock begins. */
export function boundedBox(box: Box, most: number): Box {
  const waiting: (() => void)[] = [];
  let running = 0;
  const run = async (spec: BoxSpec, signal?: AbortSignal): Promise<BoxResult> => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await box.run(spec, signal);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
  return { ...withoutRun(box), run };
}

/** What boxes have cost so far. */
export interface Spent {
  boxes: number;
  cpuMs: number;
}

/** The same box, each run of it counted in `spent`. */
export function meteredBox(box: Box, spent: Spent): Box {
  const run = async (spec: BoxSpec, signal?: AbortSignal): Promise<BoxResult> => {
    const result = await box.run(spec, signal);
    spent.boxes++;
    spent.cpuMs += result.cpuUs / 1000;
    return result;
  };
  return { ...withoutRun(box), run };
}

/** The same box with a memory of its own that begins empty: every build in it is done anew. */
export function coldBox(box: Box): Box {
  const known = new Map<string, TreeId>();
  return {
    ...withoutRun(box),
    run: (spec, signal) => box.run(spec, signal),
    cached: async (key) => known.get(key),
    remember: async (key, tree) => void known.set(key, tree),
  };
}

/** Methods of a driver stand on it by name, not on what is spread. */
function withoutRun(box: Box): Omit<Box, 'run'> {
  return {
    id: box.id,
    probe: () => box.probe(),
    discard: (owner) => box.discard(owner),
    cached: (key) => box.cached(key),
    remember: (key, tree) => box.remember(key, tree),
    reap: () => box.reap(),
  };
}
