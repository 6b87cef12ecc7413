/** What is seen at a tier, from 0. */
export const tierWords = [
  'everything',
  'reports, proofs of concept and patches',
  'the fix and its timing',
  'the artefact and the go-live time',
];
