import { instantOf } from '../../../../base/instant.ts';
import type { Clauses } from '../clause.ts';
import type { Csaf } from '../csaf.ts';
import { isObject, type Obj, type Placed, textOf } from '../json.ts';
import { momentOf } from '../moment.ts';
import {
  cweReleaseOn,
  isCweRelease,
  isLaterCweRelease,
  latestWeakness,
  type Weakness,
  wasEverNamed,
  weaknessIn,
} from '../registers/cwe.ts';

function* cwes(csaf: Csaf): Generator<Placed<Obj>> {
  for (const vulnerability of csaf.vulnerabilities) yield* vulnerability.list('cwes');
}

/** The weakness as the release that is named has it; of a release later than those known here, what the last one has. */
function weaknessOf({ id, version }: Obj): Weakness | undefined {
  if (typeof id !== 'string' || typeof version !== 'string') return undefined;
  return isLaterCweRelease(version) ? latestWeakness(id) : weaknessIn(id, version);
}

function inState(states: readonly string[], message: string): Clauses[string] {
  return (csaf, report) => {
    for (const { pointer, value } of cwes(csaf)) {
      const weakness = weaknessOf(value);
      if (weakness && states.includes(weakness.state)) report(pointer, `${textOf(value.id)} ${message}`);
    }
  };
}

export const weaknesses20: Clauses = {
  '6.1.11': (csaf, report) => {
    for (const { pointer, value } of csaf.vulnerabilities) {
      const { cwe } = value;
      if (!isObject(cwe) || typeof cwe.id !== 'string' || typeof cwe.name !== 'string') continue;
      const latest = latestWeakness(cwe.id);
      if (wasEverNamed(cwe.id, cwe.name)) continue;
      if (latest) report(`${pointer}/cwe/name`, `${cwe.id} is named ${latest.name}`);
      else report(`${pointer}/cwe/id`, `there is no weakness ${cwe.id}`);
    }
  },
  '6.3.4': (csaf, report) => {
    for (const { pointer, value } of csaf.vulnerabilities) if (value.cwe === undefined) report(pointer, 'no CWE is given');
  },
};

export const weaknesses21: Clauses = {
  '6.1.11': (csaf, report) => {
    for (const { pointer, value } of cwes(csaf)) {
      const { id, name, version } = value;
      if (typeof id !== 'string' || typeof name !== 'string' || typeof version !== 'string') continue;
      // What a later release added or renamed is not known here: only what is there already can be judged.
      const later = isLaterCweRelease(version);
      if (!later && !isCweRelease(version)) {
        report(`${pointer}/version`, `CWE has no release ${version}`);
        continue;
      }
      const weakness = weaknessOf(value);
      if (weakness && weakness.name !== name && !later) report(`${pointer}/name`, `${id} is named ${weakness.name} in ${version}`);
      if (!weakness && !later) report(`${pointer}/id`, `CWE ${version} has no weakness ${id}`);
    }
  },
  '6.2.23': inState(['deprecated'], 'is deprecated'),
  '6.2.24': (csaf, report) => {
    const released = momentOf(csaf.tracking.current_release_date);
    const newest = Math.max(...csaf.revisions.map((revision) => revision.moment), released ?? -Infinity);
    if (!Number.isFinite(newest)) return;
    const day = instantOf(Math.floor(newest)).slice(0, 10);
    const latest = cweReleaseOn(day);
    for (const { pointer, value } of cwes(csaf)) {
      const version = textOf(value.version);
      if (
        version !== undefined &&
        latest !== undefined &&
        version !== latest &&
        !(isLaterCweRelease(version) && latest === cweReleaseOn('9999'))
      )
        report(pointer, `CWE ${latest} was the latest release on ${day}, not ${version}`);
    }
  },
  '6.2.25': inState(['discouraged', 'prohibited', 'deprecated'], 'is not to be mapped to vulnerabilities'),
  '6.2.26': inState(['allowed-with-review'], 'may be mapped to vulnerabilities after a review only'),
  '6.3.4': (csaf, report) => {
    for (const { pointer, value } of csaf.vulnerabilities) if (value.cwes === undefined) report(pointer, 'no CWE is given');
  },
};
