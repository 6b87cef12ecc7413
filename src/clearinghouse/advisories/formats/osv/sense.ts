import { limits } from '../../../../base/limits.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import { agrees, ecosystemNamed } from '../../../findings/formats/ecosystems.ts';
import { parsePurl } from '../../../inventories/purl.ts';
import { compareVersions } from '../../../inventories/versions/compare.ts';
import { scoreCvss } from '../../../priorities/cvss.ts';
import { type Obj, objectsIn, type Placed, textsIn } from '../../csaf/json.ts';
import { isSemver } from '../../csaf/shapes/forms.ts';
import { isUri } from '../uri.ts';
import { baseOf, ecosystemLike, releases, suffixOf } from './names.ts';
import { entriesOf, type Rule, rangesOf, versionOf } from './rule.ts';
import { eventKinds, isTimestamp } from './schema.ts';
import { laterStamp } from './stamp.ts';

/** What the text of the schema asks for, and its JSON Schema cannot: a record that breaks one of these is valid, and probably not what was meant. */
export const senseRules: readonly Rule[] = [
  {
    test: 'schema-version',
    kind: 'warning',
    run({ schema_version: version }, report) {
      if (typeof version === 'string' && !(isSemver(version) && version.startsWith('1.')))
        report('/schema_version', 'must be a version 1.x of the schema, without a v');
    },
  },
  {
    test: 'times',
    kind: 'warning',
    run(record, report) {
      const { modified } = record;
      if (typeof modified !== 'string' || !isTimestamp(modified)) return;
      for (const name of ['published', 'withdrawn']) {
        const at = record[name];
        if (typeof at === 'string' && isTimestamp(at) && laterStamp(at, modified))
          report(`/${name}`, 'is later than the record was modified');
      }
    },
  },
  {
    test: 'summary-length',
    kind: 'info',
    run({ summary }, report) {
      if (typeof summary === 'string' && (summary.length > 120 || /[\r\n]/.test(summary)))
        report('/summary', 'should be one line of at most 120 characters');
    },
  },
  {
    test: 'severity-vector',
    kind: 'warning',
    run(record, report) {
      for (const holder of [{ pointer: '', value: record }, ...entriesOf(record)])
        for (const { pointer, value } of objectsIn(holder.value, 'severity', holder.pointer)) {
          if (value.type === 'Ubuntu' || typeof value.score !== 'string') continue;
          const score = scoreCvss(value.score);
          if (isRefusal(score)) report(`${pointer}/score`, `is no vector that can be scored: ${score.because}`);
        }
    },
  },
  {
    test: 'release',
    kind: 'warning',
    run(record, report) {
      for (const { pointer, ecosystem = '' } of entriesOf(record)) {
        const [base, suffix] = [baseOf(ecosystem), suffixOf(ecosystem)];
        const at = `${pointer}/package/ecosystem`;
        const rule = Object.hasOwn(releases, base) ? releases[base] : undefined;
        if (rule && (suffix === '' ? rule.required : !rule.form.test(suffix))) report(at, `${base} is followed by a colon and ${rule.is}`);
        const meant = ecosystemLike(ecosystem);
        if (meant !== undefined && meant !== base) report(at, `is spelled ${meant}`);
      }
    },
  },
  {
    test: 'package-name',
    kind: 'warning',
    run(record, report) {
      for (const { pointer, ecosystem = '', name } of entriesOf(record)) {
        const wrong = name === undefined ? undefined : wrongName(baseOf(ecosystem), name);
        if (wrong !== undefined) report(`${pointer}/package/name`, wrong);
      }
    },
  },
  {
    test: 'purl-agrees',
    kind: 'warning',
    run(record, report) {
      for (const { pointer, ecosystem = '', package: named } of entriesOf(record)) {
        const purl = typeof named?.purl === 'string' ? parsePurl(named.purl) : undefined;
        if (!purl || isRefusal(purl)) continue;
        if (purl.version !== null) report(`${pointer}/package/purl`, 'has a version, which stands in ranges and versions');
        const of = ecosystemNamed(baseOf(ecosystem));
        if (of && !agrees(of, purl.type, purl.namespace)) report(`${pointer}/package/purl`, `is no package of ${baseOf(ecosystem)}`);
        else if (typeof named?.name === 'string' && !saysName(named.name, purl.name))
          report(`${pointer}/package/purl`, 'names another package');
      }
    },
  },
  {
    test: 'affects-nothing',
    kind: 'warning',
    run(record, report) {
      for (const { pointer, value } of entriesOf(record))
        if (!isFilled(value.ranges) && !isFilled(value.versions))
          report(pointer, 'has neither ranges nor versions: no version is affected');
    },
  },
  {
    test: 'semver',
    kind: 'warning',
    run(record, report) {
      for (const { type, events } of rangesOf(record)) {
        if (type !== 'SEMVER') continue;
        for (const { pointer, value } of events)
          for (const kind of eventKinds) {
            const version = versionOf(value, kind);
            if (version !== undefined && !isSemver(version) && !(version === '0' && kind === 'introduced') && version !== '*')
              report(`${pointer}/${kind}`, 'is no version of SemVer 2.0.0 (which has no v before it)');
          }
      }
    },
  },
  { test: 'version-order', kind: 'warning', run: versionOrder },
  {
    test: 'contact',
    kind: 'warning',
    run(record, report) {
      for (const credit of objectsIn(record, 'credits', ''))
        for (const { pointer, value } of textsIn(credit.value, 'contact', credit.pointer))
          if (!isUri(value)) report(pointer, 'should be a whole URL, mailto: included');
    },
  },
];

const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0;

function wrongName(ecosystem: string, name: string): string | undefined {
  if (ecosystem === 'PyPI') return name === pypiName(name) ? undefined : `is normalised: ${pypiName(name)}`;
  if (ecosystem === 'Maven') return /^[^:\s]+:[^:\s]+$/.test(name) ? undefined : 'has the form groupId:artifactId';
  if (ecosystem === 'Linux') return name === 'Kernel' ? undefined : 'can only be Kernel';
  if (ecosystem === 'GitHub Actions') return /^[^/\s]+\/[^\s]+$/.test(name) ? undefined : 'has the form owner/repo';
  if (ecosystem === 'VSCode') return /^[^./\s]+\.[^/\s]+$/.test(name) ? undefined : 'has the form publisher.name';
  return undefined;
}

/** PEP 503 */
function pypiName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** A purl spreads a name over namespace and name, and some types change its case. */
function saysName(name: string, ofPurl: string): boolean {
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '');
  const last = bare(ofPurl);
  return last === '' || bare(name).endsWith(last) || last.endsWith(bare(name.split(/[/:]/).at(-1)!));
}

interface At extends Placed<Obj> {
  readonly kind: (typeof eventKinds)[number];
  readonly version: string;
}

/** Every range in the order of its ecosystem: each end after a beginning, none before it. */
function versionOrder(record: Obj, report: (pointer: string, message: string) => void): void {
  let room = limits.osvComparedEvents;
  for (const { type, entry, events } of rangesOf(record)) {
    room -= events.length;
    if (type === 'GIT' || room < 0) continue;
    const ecosystem = type === 'SEMVER' ? 'crates.io' : baseOf(entry.ecosystem ?? '');
    const told = events.flatMap((event): At[] => {
      const kind = eventKinds.find((name) => versionOf(event.value, name) !== undefined);
      return kind === undefined || kind === 'limit' ? [] : [{ ...event, kind, version: versionOf(event.value, kind)! }];
    });
    const compare = (a: string, b: string) => (a === b ? 0 : a === '0' ? -1 : b === '0' ? 1 : compareVersions(ecosystem, a, b));
    const strange = told.find(({ version }) => version !== '0' && isRefusal(compareVersions(ecosystem, version, version)));
    if (strange) {
      const known = compareVersions(ecosystem, strange.version, strange.version);
      if (type !== 'SEMVER' && isRefusal(known) && known.code === 'malformed')
        report(`${strange.pointer}/${strange.kind}`, `is no version of ${ecosystem}, so that nothing can be compared with it`);
      continue;
    }
    const rank = (at: At) => (at.kind === 'introduced' ? 0 : 1);
    const order = (a: At, b: At) => (compare(a.version, b.version) as number) || rank(a) - rank(b);
    let isOpen = false;
    for (const at of told.toSorted(order)) {
      if (at.kind !== 'introduced' && !isOpen) report(`${at.pointer}/${at.kind}`, 'ends what no event before it has begun');
      isOpen = at.kind === 'introduced';
    }
    const early = told.findIndex((at, i) => i > 0 && order(told[i - 1]!, at) > 0);
    if (early > 0)
      report(`${told[early]!.pointer}/${told[early]!.kind}`, 'comes before the event that stands before it: events are kept in order');
  }
}
