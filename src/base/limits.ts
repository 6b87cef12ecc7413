import { caseLimits } from './case-limits.ts';
import { evalLogLimits } from './eval-log-limits.ts';
import { gradeLimits } from './grade-limits.ts';
import { mailLimits } from './mail-limits.ts';
import { runLimits } from './run-limits.ts';
import { suiteLimits } from './suite-limits.ts';
import { upstreamLimits } from './upstream-limits.ts';

/** Every limit of the house, by name, with its unit in the name. Each is tested at the limit and at the limit + 1. */
export const limits = {
  ...caseLimits,
  ...suiteLimits,
  ...gradeLimits,
  /** One request's body. TAP allows 16 attachments of 1 MiB each, base64, plus metadata. */
  requestBytes: 26 * 1024 * 1024,
  attachmentBytes: 1024 * 1024,
  /** A blob up to here lies in the database, a longer one is a file. */
  blobRowBytes: 64 * 1024,
  attachmentsPerFinding: 16,
  titleChars: 256,
  textChars: 64 * 1024,
  nameChars: 256,
  jsonDepth: 64,
  /** Of a document or a request's body: real ones have one for forty bytes or more. */
  jsonValues: 1_000_000,
  idempotencyKeyChars: 128,
  /** How long a request may be repeated under its Idempotency-Key. */
  keptReplyDays: 7,
  /** Requests a minute without a known credential, from one address (one /64 for IPv6); as many may come at once. */
  strangerRequestsPerMinute: 600,
  /** Addresses of strangers remembered at once. */
  strangerAddresses: 10_000,
  /** A body larger than this is read only after the credential was found. */
  strangerBytes: 64 * 1024,
  pageRows: 100,
  tokenDays: 365,
  sessionHours: 12,
  linkMinutes: 15,
  secretChars: 256,
  scopesPerCredential: 64,
  passkeysPerPerson: 16,
  /** How long somebody may take to touch their key. */
  challengeMinutes: 5,
  /** One field of what a browser answers: the certificates of a TPM have some six thousand characters. */
  passkeyAnswerChars: 24 * 1024,
  logExportRows: 1000,
  actRetries: 3,
  followBatchRows: 200,
  /** Files of the TUF repository that are held in memory at once while they are written. */
  tufFilesAtOnce: 8,
  jobRetries: 3,
  hopTries: 8,
  claimDays: 30,
  claimPaths: 64,
  pathChars: 512,
  accessWindowDays: 30,
  embargoDays: 90,
  trialsPerValidation: 16,
  /** Of one validation: reports that are kept for people, and what of each. The record names all of them. */
  keptReports: 32,
  keptReportChars: 256 * 1024,
  houseEmbargoDays: 21,
  /** To answer a proposed embargo: never less, as a rule, never more. */
  answerHoursLeast: 24,
  answerDaysUsual: 7,
  answerDaysMost: 14,
  readInDays: 365,
  messagesPerCase: 10_000,
  ...mailLimits,
  ...runLimits,
  ...upstreamLimits,
  ...evalLogLimits,
  sbomBytes: 16 * 1024 * 1024,
  sbomComponents: 100_000,
  /** Of the reader of package URLs; what a station takes is `purlBytes`. */
  purlReadChars: 8192,
  scanPaths: 64,
  scanResults: 1_000_000,
  sarifBytes: 16 * 1024 * 1024,
  sarifResults: 5_000,
  /** One document handed in for import, as a file, and one entry of a bulk stream. */
  importBytes: 16 * 1024 * 1024,
  findingsPerImport: 5_000,
  /** What a format says beyond a finding's own members. */
  originalChars: 16 * 1024,
  csafBranches: 100_000,
  zipEntries: 1_000,
  /** All that an archive inflates to. */
  zipBytes: 32 * 1024 * 1024,
  /** Inflated to packed: honest archives of reports and inputs stay far below. */
  zipRatio: 200,
  /** Documents kept for an organisation that could not be read. */
  quarantinedPerOrg: 1_000,
  quarantinedBytes: 256 * 1024 * 1024,
  /** Of one upload, over all its requests. */
  bulkEntries: 10_000_000,
  /** One request of an upload; the next goes on where it ended. */
  bulkBytes: 1024 * 1024 * 1024,
  /** Uploads of one organisation under way. */
  bulkAtOnce: 2,
  /** Without a byte in either direction. */
  bulkIdleMs: 2 * 60 * 1000,
  /** What the rules say about one log; a log of the largest size that breaks one at every place says no more. */
  sarifProblems: 50_000,
  /** A longer reference is rested on no base. */
  sarifUriChars: 8192,
  sarifBaseSteps: 16,
  /** Property bags may nest; nothing of the standard comes near. */
  sarifDepth: 64,
  purlBytes: 512,
  versionsPerFinding: 64,
  versionBytes: 64,
  /** Of two versions that are to be compared, each. */
  versionChars: 1024,
  /** A range of versions, in `vers:` or as its ecosystem writes it. */
  versChars: 8192,
  versionsPerSort: 1000,
  referencesPerFinding: 16,
  referenceBytes: 512,
  upstreamIdsPerFinding: 16,
  upstreamIdBytes: 128,
  symbolFileBytes: 512,
  symbolFunctionBytes: 256,
  filenameBytes: 255,
  descriptionBytes: 1024,
  /** The headers of one part of a multipart body, with the empty line that ends them. */
  partHeadBytes: 16 * 1024,
  /** As many fields as Django, and so VINCE, takes; a TAP report has 19 at most. Twelve megabytes of empty ones would hold the hub up. */
  multipartParts: 1000,
  tapBodyBytes: 3 * 1024 * 1024,
  /** By the protocols of others (TAP, VINCE), for one token in one hour of the clock, refused ones included. */
  submissionsPerHour: 100_000,
  /** Of one such protocol; each holds its body in memory. */
  submissionsAtOnce: 64,
  /** From the request's head to the last byte of its body. */
  intakeBodyMs: 30_000,
  /** After an answer that did not wait for the body: so long and so much may still be sent before the connection ends. */
  lingerMs: 2_000,
  lingerBytes: 16 * 1024 * 1024,
  /** VINCE's one attachment, and a whole request with it. */
  vinceFileBytes: 10 * 1024 * 1024,
  vinceBodyBytes: 12 * 1024 * 1024,
  /** VINCE itself takes a hundred million: an armoured key, or its URL, is far shorter. */
  vinceKeyChars: 64 * 1024,
  /** The same content again within so long is the same report. */
  vinceRepeatDays: 30,
  tapEnrichmentBytes: 64 * 1024,
  tapEnrichmentDepth: 8,
  /** Findings a day that go ahead at once: of an organisation nobody knows yet, at least, at most. */
  quotaFirstPerDay: 200,
  quotaLeastPerDay: 5,
  quotaMostPerDay: 5_000,
  /** After this time what a finder showed counts half. */
  recordHalfLifeDays: 90,
  /** Tools that are told apart in one organisation's record; the name is the finder's to choose. */
  toolsPerRecord: 64,
  toolingNameChars: 64,
  /** Answers of the desk by which the usual wait is told. */
  waitsCounted: 50,
  /** An age file of a sealed finding. */
  sealedBytes: 16 * 1024 * 1024,
  recipientsPerSealed: 16,
  /** Hybrid age recipients have some 2,000 characters. */
  recipientChars: 2048,
  sealedPerOrg: 1_000,
  comparedFindings: 200,
  /** Distinct words kept of a finding's text, the rarest. */
  traitWords: 192,
  traitSentences: 24,
  traitHunks: 32,
  /** Under so many keys a finding is looked up at most. */
  keysPerFinding: 40,
  /** Under one key so many findings are looked at, the oldest. */
  findingsPerKey: 64,
  /** Of all that share a key with a new finding, so many are decided by the hub. */
  weighedFindings: 64,
  /** Files of a finding whose text is read to compare it, and their bytes in all. */
  comparedFiles: 8,
  comparedTextBytes: 2 * 1024 * 1024,
  /** Of what a finding is weighed against, so many undecided pairs come before people, and so many that are the same are kept. */
  keptPerFinding: 8,
  /** Of a vulnerability that a finding may join, so many members, the oldest, can veto; and so many vulnerabilities are looked at. */
  weighedMembers: 16,
  weighedHomes: 4,
  movedFindings: 1000,
  /** Whoever comes so soon after the first found it too. */
  coDiscoveryHours: 24,
  wordsShown: 32,
  cvssVectorChars: 512,
  rangesPerAdvisory: 64,
  referencesPerAdvisory: 32,
  workaroundsPerAdvisory: 16,
  indicatorsPerAdvisory: 64,
  translationsPerAdvisory: 16,
  otherScoresPerAdvisory: 16,
  /** A roll-up names no count that fewer operators than this make up. */
  rollupOperators: 5,
  agreementParties: 16,
  submissionPartners: 64,
  endpointUrlChars: 2048,
  planEpochs: 100,
  planBudgets: 8,
  planArms: 8,
  planSeeds: 100,
  planRuns: 5_000,
  planTurns: 10_000,
  planTokens: 1_000_000_000,
  ruleMeasures: 8,
  ruleAnchors: 32,
  /** Beyond this the counts are no counts of runs, and the sums over them would take seconds. */
  statisticsCount: 10_000_000,
  /** Of a bootstrap: draws, and values times draws. */
  bootstrapDraws: 100_000,
  bootstrapValues: 100_000_000,
  /** Runs behind a curve of success against budget, and its points. */
  curveRuns: 100_000,
  curvePoints: 64,
  /** Of an item response model: answers, models, and tries of one model at one item. */
  irtResponses: 20_000,
  irtModels: 64,
  irtRuns: 10_000,
  generalizedTasks: 10_000,
  /** Rows of one file of runs for time horizons, of one of its lines the bytes, and of a name the characters. */
  horizonRuns: 100_000,
  horizonLineBytes: 256 * 1024,
  horizonNameChars: 512,
  horizonModels: 1_000,
  horizonDraws: 20_000,
  /** Pairs of a task and a model, times draws: some minutes of work. */
  horizonCellDraws: 1_000_000_000,
  reportMitigations: 64,
  repliesPerReport: 16,
  patchBytes: 1024 * 1024,
  /** One artefact of a release, as it is handed in; and all that one advisory brings. */
  artefactBytes: 16 * 1024 * 1024,
  artefactsPerAdvisory: 32,
  artefactBytesPerAdvisory: 128 * 1024 * 1024,
  /** Of one role in a TUF root. */
  tufKeys: 32,
  /** Clients take as much of a root by default. */
  tufRootBytes: 512_000,
  /** Roots that a follower goes through from the one it trusts. */
  tufRootsFollowed: 256,
  /** Projects with a role of their own; the others share roles by hash. Clients read `targets` and `snapshot` whole. */
  tufProjects: 1_000,
  /** Projects that sign with a key of their own, besides. */
  tufKeyedProjects: 1_000,
  /** Of a project's role; clients read it whole, and the best known one in time that grows with the square of it. */
  tufTargetsPerProject: 1_000,
  reportFileBytes: 1024 * 1024,
  reportFiles: 16,
  treeFileBytes: 64 * 1024 * 1024,
  treeFiles: 50_000,
  treeBytes: 1024 * 1024 * 1024,
  treeDepth: 64,
  /** One archive of sources, as it is fetched; the Linux kernel's has half of it. */
  archiveBytes: 256 * 1024 * 1024,
  /** A package-lock.json, and the packages that one install lays down. */
  lockBytes: 1024 * 1024,
  lockedPackages: 2_000,
  requiresPerSource: 64,
  /** A project's page of a Python index; the longest have some ten megabytes. */
  indexBytes: 32 * 1024 * 1024,
  /** Of a long name or an extended header within an archive. */
  archiveHeaderBytes: 64 * 1024,
  recipeBytes: 64 * 1024,
  /** Of a line of versions, patches or commits; a bisection of as many takes fourteen steps. */
  historyPoints: 10_000,
  experimentRuns: 20,
  /** Of one experiment: more than the cores of a small machine gain nothing, and a hub works on several. */
  boxesAtOnce: 2,
  /** One search for a smaller input: answers followed, time, and bytes of all inputs looked at. */
  minimiseTries: 5_000,
  minimiseMs: 10 * 60 * 1000,
  minimiseBytes: 1024 * 1024 * 1024,
  /** Points of a history that one search tries. */
  bisectTries: 64,
  /** Of those that were not silent, so many are kept, and so long ones as a whole. */
  loudTrials: 8,
  loudTrialBytes: 64 * 1024,
  /** Of one matrix: inputs, and builds with a fix. */
  matrixPocs: 8,
  matrixFixes: 8,
  /** So many the hub begins by itself for a finding, with those that came before it. */
  matricesPerFinding: 8,
  /** Printed output is kept in part, for people; no oracle reads it. */
  shownChars: 4096,
  /** Longer lines are cut: no frame or report of a real tool comes near, and matching stays cheap. */
  crashLineChars: 32 * 1024,
  /** What stands on later lines of a log is not read: the largest real ones have some thousands. */
  crashLines: 128 * 1024,
  /** More are counted in no state and help nobody: a stack overflow has tens of thousands. */
  crashFrames: 128,
  /** Of two crash states, so much is compared: real ones have a handful of short lines. */
  stateLines: 32,
  stateLineChars: 512,
  /** A substitution may double a mangled name's length again and again. */
  demangledChars: 8192,
  demangledDepth: 64,
  buildMs: 15 * 60 * 1000,
  /** Of one CSAF document: levels, values of any kind, results of one test, pairs of version ranges that are compared. */
  csafDepth: 128,
  csafValues: 2_000_000,
  csafResultsPerTest: 1_000,
  csafRangeComparisons: 20_000,
  /** Of one answer of the feed: entries, and their bytes without their proofs. A month of a busy hub comes in one. */
  feedRows: 10_000,
  feedBytes: 8 * 1024 * 1024,
  /** Followers who listen at once: in all, and from one address (one /64 for IPv6). */
  eventStreams: 1_000,
  eventStreamsPerAddress: 16,
  /** Who watches validations: streams of one person or agent at once, and how long one lasts until it is asked for anew. */
  progressStreamsPerCaller: 16,
  progressStreamMs: 60 * 60 * 1000,
  /** Without so much as an empty comment; proxies hang up on silence after a minute. */
  eventSilenceMs: 15_000,
  /** A listener who takes nothing for so long is let go; they come back with where they were. */
  eventStalledMs: 30_000,
  /** Values of one filter, with their commas: some fifty ids. */
  taxiiMatchChars: 4096,
  clientsPerFeed: 500,
  itemsPerFeed: 1_000,
  /** Of one client's token, in one hour of the clock. */
  feedRequestsPerHour: 3_600,
  webhooksPerOrg: 16,
  webhookUrlChars: 2048,
  /** In a row, over three days; then it is parked. */
  webhookTries: 10,
  /** Entries of the feed that one receiver is told in one round. */
  webhookBatch: 50,
  webhookMs: 15_000,
  webhookAnswerBytes: 64 * 1024,
  /** Of one OSV record: results of one test, events that are put in order. */
  osvResultsPerTest: 1_000,
  osvComparedEvents: 10_000,
  /** Of a record that is kept to be asked for. The largest of the Linux kernel have some five megabytes. */
  osvRecordBytes: 8 * 1024 * 1024,
  osvIdChars: 128,
  osvKeysPerRecord: 20_000,
  /** Of one request that mirrors. */
  osvRecordsAtOnce: 500,
  /** Of one batch of questions: as many as api.osv.dev takes; and of its body. */
  osvQueries: 1_000,
  osvQueryBytes: 1024 * 1024,
  /** Of one page of answers to one question; and of all the records in one answer. */
  osvPageRecords: 1_000,
  osvPageBytes: 8 * 1024 * 1024,
  /** Versions and events that one answer may look at; what is left is on the next page. */
  osvComparisons: 100_000,
  /** What a process keeps at hand of the records it was asked for. */
  osvShelfBytes: 128 * 1024 * 1024,
  /** Keys that are read ahead in one go: their records are taken apart while nobody else is served. */
  osvWarmedAtOnce: 64,
  /** So many changes are followed one by one; after more, the shelf begins anew. */
  osvFollowed: 5_000,
  /** A list of the public tree up to this size is written at once with every release. */
  promptListBytes: 1024 * 1024,
  /** A larger one no more often than this rate allows. */
  listBytesPerSecond: 1024 * 1024,
  /** One file of a provider that is checked. */
  providerFileBytes: 128 * 1024 * 1024,
  /** Files of the public tree that are compressed on their way: smaller ones gain nothing, larger ones take too long. */
  leastCompressedBytes: 1024,
  mostCompressedBytes: 8 * 1024 * 1024,
  compressedAtOnce: 32,
  becauseChars: 1000,
  /** Of what lies in a public tree, as a follower takes it. */
  publicFileBytes: 64 * 1024 * 1024,
  publicPathChars: 1024,
  /** How long the log's own word lasts that its checkpoint is the newest. */
  freshDays: 30,
  checkpointBytes: 64 * 1024,
  proofBytes: 256 * 1024,
  /** A bundle for a site without a network: its files, and all that it inflates to. */
  bundleFiles: 2_000_000,
  bundleBytes: 16 * 1024 * 1024 * 1024,
  /** One file of a mirror. */
  mirrorMs: 60_000,
  /** Of a signed note; logs and witnesses of the field have a handful. */
  noteSignatures: 64,
  policyLines: 1_000,
  /** What is sent to a witness: 63 hashes and a checkpoint with all its signatures. */
  witnessRequestBytes: 64 * 1024,
  witnessAnswerBytes: 64 * 1024,
  witnessMs: 10_000,
  /** A witness that fails is asked again after a second, then after twice as long each time, up to this. */
  witnessPauseMs: 5 * 60 * 1000,
  /** A cosignature this old is asked for anew although nothing was released: followers tell by it that they see the present. */
  cosignatureHours: 6,
  /** A cosignature may run ahead of our clock by so much. */
  clockSkewMs: 5 * 60 * 1000,
  /** Of one log that contradicts itself, so many signed contradictions are kept. */
  forksPerLog: 16,
  toolLineBytes: 32 * 1024 * 1024,
  /** Of a tool that takes all records first. */
  toolRecords: 100_000,
} as const;
