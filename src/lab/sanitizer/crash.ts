import { readAndroid, readJava } from './android.ts';
import { readAsserts } from './asserts.ts';
import { readChecks, readSecurityChecks } from './checks.ts';
import { readCdbStackStart, readCdbType, readDebuggers } from './debuggers.ts';
import { jniError, readFrame, settleOverflow } from './frames.ts';
import { isOutOfMemory, readDetectors, readGpuFailure, readResourceLimits, readSignalsAndExits } from './fuzzers.ts';
import { readKasanAccess, readKernel } from './kernel.ts';
import { isNoise, linesOf, plainLinesOf, withoutStamps } from './lines.ts';
import {
  isSignalOfExplained,
  isStop,
  readFaults,
  readLeaks,
  readMemoryAndThreads,
  readOverlap,
  readPlainSanitizerType,
  readSanitizerType,
  readToolFailure,
} from './memory.ts';
import { normalise } from './normal-form.ts';
import { kernelInnards, readPlain } from './plain.ts';
import { type Frame, type Reading, startReading, stateFrames } from './reading.ts';
import { readGo, readScripts } from './scripts.ts';
import { isSecurityIssue } from './security.ts';
import { type CrashSettings, isPattern, usualSettings } from './settings.ts';
import { type Severity, severityOf } from './severity.ts';
import { readBadCast, readRuntimeError } from './undefined-behaviour.ts';
import { readFatal, readFatalDetails } from './v8.ts';

export type { CrashSettings } from './settings.ts';
export { readCrashSettings } from './settings.ts';
export { similarStates } from './similar.ts';
export type { Frame, Severity };

/** `type` is empty when the log tells of no crash; `state` is up to three frames, each ended by a newline, `NULL` when none is usable. */
export interface Crash {
  readonly type: string;
  readonly address: string;
  readonly state: string;
  readonly security: boolean;
  readonly severity: Severity | null;
  readonly frames: readonly Frame[];
}

/**
 * Reads a sanitizer's, debugger's or runtime's report out of a log, by the rules of ClusterFuzz's stack parser
 * (google/clusterfuzz, Apache-2.0; behaviour only). The log is hostile: never throws, linear in the log's length.
 */
export function parseCrash(log: string, settings: Partial<CrashSettings> = {}): Crash {
  const r = read(log, { ...usualSettings, ...settings });
  settleOverflow(r);
  normalise(r);
  const type = r.settings.crashType || r.type;
  return {
    type,
    address: r.address,
    state: r.state,
    security: isSecurityIssue(log, type, r.address, r.settings),
    severity: severityOf(type, log, r.settings.analyzer, r.settings.requiresGestures),
    frames: r.frames,
  };
}

/** A log that says "out of memory" tells of no crash, whatever else it says, unless that is to be reported. */
function read(log: string, settings: CrashSettings): Reading {
  const r = startReading(log, settings);
  const custom = settings.ignoreFrames.filter(isPattern).map((source) => new RegExp(`^(?:${source})`));
  if (!readLines(linesOf(log, r.about), r, custom)) return startReading(log, settings);
  if (r.type !== '' && (r.state || r.processName || settings.fuzzTarget)) return r;
  const plain = plainLinesOf(log);
  const bare = r.type === '' ? withoutStamps(plain) : undefined;
  if (bare && !readLines(bare, r, [...custom, ...kernelInnards])) return startReading(log, settings);
  if (r.type === '' || r.state === '') readPlain(bare ?? plain, r, custom);
  return r;
}

/** False where memory ran out and that is not to be reported. */
function readLines(lines: readonly string[], r: Reading, custom: readonly RegExp[]): boolean {
  for (const line of lines) {
    if (r.processDied) break;
    if (line.trim() === '' || isNoise(line)) continue;
    if (!r.settings.reportOomsAndHangs && isOutOfMemory(line)) return false;
    if (isSignalOfExplained(line, r)) continue;
    if (readReports(line, r)) continue;
    readFrameLine(line, r, custom);
  }
  return true;
}

/** The order decides which of several reports wins. True when the line is used up. */
function readReports(line: string, r: Reading): boolean {
  readAsserts(line, r);
  readDebuggers(line, r);
  readMemoryAndThreads(line, r);
  readLeaks(line, r);
  readBadCast(line, r);
  readGo(line, r);
  readRuntimeError(line, r);
  readOverlap(line, r);
  if (readScripts(line, r)) return true;
  if (readFaults(line, r)) return true;
  readSanitizerType(line, r);
  readAndroid(line, r);
  readKernel(line, r);
  readDetectors(line, r);
  readKasanAccess(line, r);
  if (readToolFailure(line, r)) return true;
  readSecurityChecks(line, r);
  readResourceLimits(line, r);
  if (r.type === '') readWeakReports(line, r);
  return readFatalDetails(line, r);
}

/** These never replace a type that is already known. */
function readWeakReports(line: string, r: Reading): void {
  readCdbType(line, r);
  readPlainSanitizerType(line, r);
  readGpuFailure(line, r);
  readJava(line, r);
  readChecks(line, r);
  readFatal(line, r);
  readSignalsAndExits(line, r);
}

function readFrameLine(line: string, r: Reading, custom: readonly RegExp[]): void {
  readCdbStackStart(line, r);
  if (r.state !== '' && isStop(line)) {
    r.frameCount = stateFrames;
    return;
  }
  if (r.type === '') return;
  if (r.state.includes(jniError) && line.includes('/art/runtime/')) return;
  readFrame(line, r, custom);
}
