import { isRefusal } from '../../../../base/refusal.ts';
import { parsePurl } from '../../../inventories/purl.ts';
import { type Obj, textsIn } from '../../csaf/json.ts';
import { entriesOf, type Rule, rangesOf, repeated, versionOf } from './rule.ts';

/** What the OSV linter asks of a record beyond its schema, by its codes (ossf/osv-schema, tools/osv-linter); PKG:001 and PKG:002 ask registries. */
export const lintRules: readonly Rule[] = [
  {
    test: 'REC:001',
    kind: 'warning',
    run(record, report) {
      const isEmpty = !Array.isArray(record.affected) || record.affected.length === 0;
      if (isEmpty && !Object.hasOwn(record, 'withdrawn')) report('', 'affected is missing or empty: nobody can match this record');
    },
  },
  { test: 'REC:002', kind: 'warning', run: (record, report) => repeated(record, 'aliases', report, itself(record)) },
  {
    test: 'REC:003',
    kind: 'warning',
    run(record, report) {
      const elsewhere = new Map(itself(record));
      for (const member of ['aliases', 'related'])
        for (const { value } of textsIn(record, member, '')) elsewhere.set(value, `is said to be one of ${member} too`);
      repeated(record, 'upstream', report, elsewhere);
    },
  },
  { test: 'REC:004', kind: 'warning', run: (record, report) => repeated(record, 'related', report, itself(record)) },
  {
    test: 'RNG:001',
    kind: 'warning',
    run(record, report) {
      for (const { pointer, events } of rangesOf(record))
        if (!events.some(({ value }) => Object.hasOwn(value, 'introduced'))) report(pointer, 'no event says where the flaw was introduced');
    },
  },
  {
    test: 'RNG:002',
    kind: 'warning',
    run(record, report) {
      for (const { pointer, type, entry, events } of rangesOf(record)) {
        if (!entry.package && type !== 'GIT') report(pointer, 'without a package, a range is one of commits');
        const starts = new Set(events.map(({ value }) => versionOf(value, 'introduced')));
        for (const event of events) {
          const fixed = versionOf(event.value, 'fixed');
          if (fixed !== undefined && starts.has(fixed)) report(event.pointer, `${shown(fixed)} both introduces and fixes`);
        }
      }
    },
  },
  {
    test: 'PKG:003',
    kind: 'warning',
    run(record, report) {
      for (const entry of entriesOf(record)) {
        const purl = entry.package?.purl;
        const read = typeof purl === 'string' ? parsePurl(purl) : undefined;
        if (read && isRefusal(read)) report(`${entry.pointer}/package/purl`, `is no package URL: ${read.because}`);
      }
    },
  },
];

function itself(record: Obj): ReadonlyMap<string, string> {
  return new Map(typeof record.id === 'string' ? [[record.id, 'is the record itself']] : []);
}

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
