import { repeat, type Worker } from './jobs.ts';
import type { Publisher } from './publisher.ts';

const everyMs = 500;

/** Keeps the public tree on disk in step with the releases: whatever serves or mirrors it needs neither database nor key. */
export function startPublishing(publisher: Publisher, log: (problem: string, error: unknown) => void): Worker {
  return repeat(everyMs, log, () => publisher.publish());
}
