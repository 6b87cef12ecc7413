/** Of what lies between a case and the projects it is for; part of `limits`. */
export const upstreamLimits = {
  /** Of a look-up of who answers for a project's security. */
  lookUpFiles: 16,
  lookUpFileChars: 256 * 1024,
  /** Of a line of SECURITY.md; what is longer is cut. */
  lookUpLineChars: 4000,
  suggestionsPerLookUp: 64,
  languagesPerProfile: 16,
  /** How many reports a project can ask for in a week; what takes more has no need of a number. */
  reportsPerWeek: 1000,
  pauseDays: 365,
  /** Waiting for one project. */
  deliveriesPerProject: 1000,
  /** Of one round of the contact ladder. */
  attemptsPerLadder: 64,
  /** How long a fork of last resort is carried before somebody decides anew. */
  lastResortDays: 365,
  sunsetTriggers: 16,
  /** Of one bundle for a maintainer, before it is packed. */
  assistanceBytes: 16 * 1024 * 1024,
} as const;
