import { statedSeverity } from './security.ts';
import type { Analyzer } from './settings.ts';

const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** By the first word of the crash type: what follows it (access, size) only shifts the result. */
const base: Readonly<Record<string, Severity>> = {
  'Bad-cast': 'high',
  'Heap-double-free': 'high',
  'Heap-use-after-free': 'high',
  'Use-after-poison': 'high',
  'Container-overflow': 'medium',
  'Heap-buffer-overflow': 'medium',
  'Incorrect-function-pointer-type': 'medium',
  'Index-out-of-bounds': 'medium',
  'Memcpy-param-overlap': 'medium',
  'Non-positive-vla-bound-value': 'medium',
  'Object-size': 'medium',
  'Stack-buffer-overflow': 'medium',
  UNKNOWN: 'medium',
  'Use-of-uninitialized-value': 'medium',
};

/** Null where the rules know no severity for the type. */
export function severityOf(type: string, log: string, analyzer: Analyzer, requiresGestures: boolean): Severity | null {
  const generic = genericSeverity(type, log, requiresGestures);
  const wholeBrowser =
    analyzer === 'sanitizer_chrome' && type !== 'Use-of-uninitialized-value' && generic !== null && processOf(log) === 'browser';
  return wholeBrowser ? shifted(generic, 1) : generic;
}

function genericSeverity(type: string, log: string, requiresGestures: boolean): Severity | null {
  const stated = statedSeverity.exec(log)?.[1]?.toLowerCase();
  if (stated) return stated as Severity;
  const kind = type.trim().split(/\s+/)[0]!;
  if (!Object.hasOwn(base, kind)) return null;
  let severity = base[kind]!;
  if (requiresGestures) severity = shifted(severity, -1);
  return type.includes('WRITE') ? shifted(severity, 1, 'high') : severity;
}

function shifted(severity: Severity, by: number, highest: Severity = 'critical'): Severity {
  const index = Math.min(severities.indexOf(severity) + by, severities.indexOf(highest));
  return severities[Math.max(index, 0)]!;
}

/** Which of Chromium's processes crashed: the browser process is the one without a sandbox. */
function processOf(log: string): string | undefined {
  for (const line of log.split(/[\r\n]/)) {
    if (line.includes('content::ContentMain')) continue;
    if (/content[/\\]browser/.test(line)) return 'browser';
    const main = /content::([A-Z][a-z]+)Main\(/.exec(line)?.[1];
    if (main) return main.toLowerCase();
  }
  return undefined;
}
