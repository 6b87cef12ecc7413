import fc from 'fast-check';

// `npm test` tries the same values each time: it is told of a change, not of a draw. `npm run fuzz` draws anew.
const { FUZZ_SEED, FUZZ_RUNS } = process.env;
if (FUZZ_SEED !== undefined || FUZZ_RUNS === undefined) fc.configureGlobal({ seed: Number(FUZZ_SEED ?? 14_409) });
