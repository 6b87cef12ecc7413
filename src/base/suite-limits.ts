/** Of suites and their tasks; part of `limits`. */
export const suiteLimits = {
  suiteTasks: 500,
  /** What one task names as hidden inputs. */
  taskHiddenPocs: 100,
  /** The answer of a triage. */
  answerBytes: 16 * 1024,
  /** Checks of one task that may fail at once. */
  gateReasons: 64,
  /** Inputs of other targets that the gate hands in for one task. */
  gateForeignPocs: 8,
  /** One task's YAML. */
  taskFileBytes: 64 * 1024,
  taskMinutes: 24 * 60,
  /** A working year. */
  taskHumanMinutes: 120_000,
} as const;
