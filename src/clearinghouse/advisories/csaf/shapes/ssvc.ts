import { isSsvcNamespace } from '../registers/ssvc.ts';
import { dateTime21, isSemver, uri } from './forms.ts';
import { anyText, listOf, object, pattern, type Shape, text, wordOf } from './shape.ts';

const key = pattern(/^(?:[a-z0-9]|[a-z0-9]\w*[a-z0-9]|T\*)$/i, 'a key');
const reference = object({ uri, summary: anyText }, { required: 'uri summary', closed: true });
const value = object({ name: text(), definition: text(), key }, { required: 'key', closed: true });
const selection = object(
  {
    namespace: text({ test: isSsvcNamespace, is: 'an SSVC namespace' }),
    key,
    version: text({ test: isSemver, is: 'a semantic version' }),
    name: text(),
    definition: text(),
    values: listOf(value),
  },
  { required: 'namespace key version values', closed: true },
);

/** CERT/CC's SSVC Selection List 2.0.0. */
export const ssvcShape: Shape = object(
  {
    timestamp: dateTime21,
    schemaVersion: wordOf('2.0.0'),
    target_ids: listOf(anyText, { unique: true }),
    selections: listOf(selection),
    decision_point_resources: listOf(reference),
    references: listOf(reference),
  },
  { required: 'timestamp schemaVersion selections', closed: true },
);
