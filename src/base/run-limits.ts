/** Of runs of a model, and of the endpoints that models are reached by. */
export const runLimits = {
  planMoney: 100_000,
  planMinutes: 24 * 60,
  pricePerMillion: 100_000,
  /** What a baseline's fuzzer tries before it gives up. */
  baselineInputs: 200,
  answersPerRun: 64,
  /** What a task's level shows of a crash, and of a fix. */
  shownReportChars: 32 * 1024,
  shownFixChars: 256 * 1024,
  /** Of a run's journal. One entry holds a whole reply, or what is told to the model. */
  runEntries: 200_000,
  runEntryChars: 16 * 1024 * 1024,
  runEntriesAtOnce: 100,
  /** Of a vendor's own agent program. */
  harnessWords: 64,
  harnessWordChars: 4096,
  harnessLockChars: 2 * 1024 * 1024,
  /** To act on the last answer that the budget gave, and to hand in. */
  harnessGraceMs: 5 * 60 * 1000,
  replyTokens: 16 * 1024,
  runMs: 45 * 60 * 1000,
  runsAtOnce: 500,
  toolMs: 60 * 1000,
  toolCallsPerReply: 16,
  toolCommandChars: 16 * 1024,
  toolOutputChars: 16 * 1024,
  workspaceBytes: 64 * 1024 * 1024,
  transcriptBytes: 16 * 1024 * 1024,
  /** What is read of calls in one reply; the first `toolCallsPerReply` of them are made. */
  modelCallsPerReply: 128,
  /** Where nobody asks for fewer. */
  modelReplyTokens: 1_000_000,
  /** What an endpoint may count beside the text: the frame of each message, its own instructions. */
  modelAddedTokens: 16 * 1024,
  /** No tokeniser makes fewer tokens of a text; its longest are runs of blanks. */
  mostBytesPerToken: 64,
  /** What a program in a box sends through its door: a request, how deep it is nested, its headers. */
  relayedRequestBytes: 8 * 1024 * 1024,
  relayedDepth: 64,
  relayedHeaderBytes: 16 * 1024,
  relayedAtOnce: 4,
  relayedConnections: 64,
  /** Kept of a request in the record: what was not in one before it. */
  relayedAddedChars: 256 * 1024,
  modelReplyBytes: 4 * 1024 * 1024,
  /** One answer, from the first byte asked to the last. */
  modelReplyMs: 10 * 60 * 1000,
  /** Between two pieces of an answer. */
  modelSilenceMs: 3 * 60 * 1000,
  /** Calls beyond the first, for one answer; and of these, after answers that broke off and may have been paid for. */
  modelRetries: 4,
  modelCutShortRetries: 2,
  /** What an endpoint may ask us to wait before the next call, and all calls and waits for one answer. */
  modelRetryAfterMs: 2 * 60 * 1000,
  modelCallMs: 20 * 60 * 1000,
} as const;
