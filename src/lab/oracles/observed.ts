import { z } from 'zod';
import { sha256 } from '../../base/canonical.ts';
import { alarmExit, type Crash, type Observation, type Observed, quiet, unsure } from './observation.ts';

const text = (chars: number) => z.string().max(chars);
const frame = z.strictObject({ function: text(100), file: text(200), line: z.int().min(0) });
const point = z.strictObject({ chars: z.number(), cpuMs: z.number(), cut: z.boolean() });
const growth = z.strictObject({
  class: z.enum(['polynomial', 'exponential', 'endless']).optional(),
  exponent: z.number().optional(),
  curve: z.array(point).max(8),
});

/** What src/lab/observers/observe.cjs writes. */
const report = z.strictObject({
  nonce: z.string(),
  kind: z.string(),
  saw: z.enum(['seen', 'quiet', 'unsure']),
  ended: z.enum(['returned', 'threw', 'exited', 'failed', 'unsettled', 'died', 'stopped', 'not-loaded', 'not-run']),
  because: text(500),
  sink: text(500),
  what: z.array(text(300)).max(8),
  frames: z.array(frame).max(5),
  growth: growth.optional(),
});
type Report = z.infer<typeof report>;

/** The observer alone was told the nonce, and it exits with the alarm only when it saw something: both, or nothing is believed. */
export function observeReport(kind: string, run: Observed, nonce: string): Observation {
  if (run.end !== 'exited') return unsure(`the run ended by ${run.end}${run.signal ? ` (signal ${run.signal})` : ''}, without a report`);
  const found = run.reports.find(({ name }) => name === 'observed.json');
  if (!found) return unsure('the observer did not come to its report');
  const parsed = report.safeParse(jsonOf(found.text));
  if (!parsed.success || parsed.data.nonce !== nonce || parsed.data.kind !== kind) return unsure("the report is not the observer's own");
  const said = parsed.data;
  if ((said.saw === 'seen') !== (run.exit === alarmExit)) return unsure(`the report and exit status ${run.exit} contradict each other`);
  if (said.saw === 'seen') return { saw: 'crash', crash: crashOf(kind, said) };
  if (said.saw === 'unsure') return unsure(said.because || `the driver ended: ${said.ended}`);
  // A driver that cannot work on a good input is silent on every input.
  const isBroken = run.input === 'control' && said.ended !== 'returned' && said.ended !== 'exited';
  return isBroken ? unsure(`the driver ${said.ended} on the control input: ${said.because}`) : quiet;
}

/**
 * The fingerprint is of the kind, the sink and the target's own lines that led to it, without line numbers: neither what an input names nor
 * what was measured is in it.
 */
function crashOf(kind: string, { sink, what, frames, growth }: Report): Crash {
  const places = frames.slice(0, 3).map((at) => (at.function ? `${at.function} ${at.file}` : at.file));
  const state = [growth ? grown(growth) : sink, ...places].join('\n');
  return {
    type: kind.charAt(0).toUpperCase() + kind.slice(1),
    state,
    security: true,
    frames: frames.map((at) => ({ ...at, function: at.function || '<anonymous>' })),
    // Where time goes is sampled, and may be one function further in another run.
    fingerprint: sha256([kind, sink, ...(growth ? [] : places)].join('\n')),
    ...(what.length > 0 ? { seen: what } : {}),
  };
}

function grown({ class: growthClass, exponent, curve }: NonNullable<Report['growth']>): string {
  const how = growthClass === 'polynomial' ? `n^${exponent}` : growthClass;
  return `${how}: ${curve.map(({ chars, cpuMs, cut }) => `${chars} chars ${cut ? '> ' : ''}${cpuMs} ms`).join(', ')}`;
}

function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
