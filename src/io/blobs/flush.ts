/**
 * One flush of a thing serves everybody who asks before it begins; whoever asks while it runs waits for the next one, because what they
 * wrote may have come too late for this one.
 */
export function sharedFlushes(flush: (thing: string) => Promise<void>): (thing: string) => Promise<void> {
  const [running, waiting] = [new Map<string, Promise<void>>(), new Map<string, Promise<void>>()];
  const begin = (thing: string) => {
    waiting.delete(thing);
    const flushed = flush(thing).finally(() => running.delete(thing));
    running.set(thing, flushed);
    return flushed;
  };
  return (thing) => {
    const next = waiting.get(thing);
    if (next) return next;
    const current = running.get(thing);
    if (!current) return begin(thing);
    const after = current.then(
      () => begin(thing),
      () => begin(thing),
    );
    waiting.set(thing, after);
    return after;
  };
}
