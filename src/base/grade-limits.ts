/** Of grades, and of suites that come from elsewhere; part of `limits`. */
export const gradeLimits = {
  judgementsPerGrade: 64,
  /** People who grade the drawn sample of a plan again. */
  secondGraders: 16,
  /** Of another benchmark's tasks, read at once. */
  importFiles: 20_000,
  importFileBytes: 16 * 1024 * 1024,
  importProblems: 50_000,
  sealedSummaries: 100,
  /** Places where a canary was seen that one run adds to the ledger. */
  contaminationPerRun: 50,
} as const;
