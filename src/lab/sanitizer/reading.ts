import type { CrashSettings } from './settings.ts';

export interface Frame {
  readonly function: string;
  readonly file?: string;
  readonly line?: number;
}

export const stateFrames = 3;

/** What has been understood of a log so far. One line after another changes it; later reports win over earlier ones. */
export interface Reading {
  readonly settings: CrashSettings;
  readonly log: string;
  readonly about: LogKind;
  type: string;
  address: string;
  /** Frames (and what a failed check said), each ended by a newline. */
  state: string;
  frameCount: number;
  /** Frames since the last report began. */
  frames: Frame[];
  /** Every frame of the log by name: a stack overflow's cycle is looked for here. */
  names: string[];
  processName: string;
  /** A sanitizer's own check failed: nothing after it counts. */
  processDied: boolean;
  javaException: boolean;
  goCrash: boolean;
  scriptCrash: boolean;
  fatalError: boolean;
  /** The source types of a bad cast are still to come. */
  badCastOpen: boolean;
  checkFile: string;
}

export interface LogKind {
  readonly kasan: boolean;
  readonly lkl: boolean;
  readonly go: boolean;
  readonly python: boolean;
  readonly javascript: boolean;
  readonly trusty: boolean;
}

export function startReading(log: string, settings: CrashSettings): Reading {
  const about: LogKind = {
    kasan: log.includes('KASAN'),
    lkl: log.includes('Linux Kernel Library Stack Trace:'),
    go: log.includes('.go:'),
    python: log.includes('.py", line'),
    javascript: log.includes('Uncaught Exception: Jazzer.js'),
    trusty: log.includes('Trusted App crash stacktrace'),
  };
  return {
    settings,
    log,
    about,
    type: '',
    address: '',
    state: '',
    frameCount: 0,
    frames: [],
    names: [],
    processName: '',
    processDied: false,
    javaException: false,
    goCrash: false,
    scriptCrash: false,
    fatalError: false,
    badCastOpen: true,
    checkFile: '',
  };
}

const ranks: Readonly<Record<string, number>> = { 'V8 sandbox violation': 2, Timeout: 1 };

/** A sandbox violation or a timeout explains the crash that follows it, so that a later, plainer type does not replace it. */
export function setType(r: Reading, type: string): void {
  if ((ranks[type] ?? 0) >= (ranks[r.type] ?? 0)) r.type = type;
}

/** A new report begins: what belonged to an earlier one is forgotten, but for its type. */
export function restart(r: Reading): void {
  r.address = '';
  dropState(r);
}

export function dropState(r: Reading): void {
  r.state = '';
  r.frameCount = 0;
  r.frames = [];
}

export function startReport(r: Reading, type: string, address = ''): void {
  restart(r);
  setType(r, type);
  r.address = address;
}

export function startCheck(r: Reading, type: string, condition: string, file: string): void {
  startReport(r, type);
  r.frameCount = 1;
  r.state = `${condition} in ${file}\n`;
}
