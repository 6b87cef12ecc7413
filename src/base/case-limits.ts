/** Limits of coordination, a part of `limits`: nobody imports them from here. */
export const caseLimits = {
  /** One push: patches in order, tests that come with them, and the time to try each patch of it by itself. */
  patchesPerSeries: 32,
  ownTestsPerSeries: 8,
  ownTestWords: 64,
  ownTestWordChars: 4096,
  seriesMs: 20 * 60 * 1000,
  /** What is printed of a build that is taken apart: a line a function. */
  sightBytes: 16 * 1024 * 1024,
  patchesPerCase: 100,
  statementsPerCase: 5000,
  participantsPerCase: 500,
  packagesPerParticipant: 32,
  vulnerabilitiesPerCase: 32,
  policiesPerPackage: 16,
  /** Of the European Economic Area, with room for who joins. */
  memberStates: 40,
  /** Of one patch: inputs beside the PoCs, inputs thrown at the patched build, and the time for each of the two. */
  patchVariants: 48,
  patchAttacks: 96,
  patchTrialMs: 10 * 60 * 1000,
  /** Of one export of a case's events. */
  ledgerRows: 2_000,
  /** Tiles of the log that are summed in one go: some sixteen thousand entries. */
  tilesAtOnce: 64,
  /** An emergency read-in lasts so long at most; Akrites Read-In Policy v0.4, 3.1. */
  emergencyHours: 72,
  /** Of a text that leaked, as much as is searched for marks. */
  leakChars: 1024 * 1024,
  /** Whom one delegate may read in, and in how many organisations. */
  delegatedPeople: 32,
  delegatedOrgs: 16,
  /** Reserved and not yet given to a flaw: as many as a hub keeps at most; and at once, which is what CVE Services gives at most. */
  cvePoolIds: 200,
  cveBatchIds: 10,
  /** So long after its year an id that nobody used stays in the pool, for a hub that was away; it is given to nothing any more, and then rejected. */
  cveGraceDays: 90,
  /** One answer of CVE Services: a page of 500 ids, or the record that was sent. */
  cveAnswerBytes: 8 * 1024 * 1024,
  cveServicesMs: 30_000,
  /** In a row, over two days; then a person must look. */
  cveTries: 12,
  /** What is sent there: records must be smaller than 3.8 MB. */
  cveRecordBytes: 3_800_000,
  /** The list of numbering authorities, as it is published. */
  cnaListBytes: 4 * 1024 * 1024,
  cnas: 2_000,
  cnaScopes: 1_000,
  /** A metric shows nothing that fewer cases stand behind: to a board, and to everybody. A quarter is public so long after its end. */
  boardCell: 3,
  publicCell: 5,
  metricLagDays: 30,
} as const;
