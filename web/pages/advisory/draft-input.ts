import { rangesOfLines } from '../../parts/ranges.ts';
import type { Advisory } from '../../wire.ts';

type Scored = { readonly otherScores: readonly { readonly by: string; readonly vector: string }[] };
export type Flaw = Pick<Advisory, 'title' | 'summary' | 'affected' | 'cve' | 'cwe' | 'workarounds'> & Scored;
type Further = Flaw & { readonly vulnerabilityId: string; readonly vector?: string };
/** What the form starts from: a suggestion, or the revision before. */
export type Start = Flaw &
  Pick<Advisory, 'package' | 'references' | 'indicators' | 'translations' | 'profile' | 'tlp'> & { readonly further?: readonly Further[] };
export type Given = Readonly<Record<string, string | undefined>>;

const lines = (text: string | undefined) =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
/** A line that stood there before keeps what the form does not show of it. */
const kept = <T extends { readonly text: string }>(list: readonly T[] | undefined, text: string, fresh: object) =>
  list?.find((item) => item.text === text) ?? { text, ...fresh };

function flawOf(given: Given, as: string, from: Flaw, inPackage: string): object {
  return {
    ...{ title: given[`title${as}`], summary: given[`summary${as}`], affected: rangesOfLines(given[`ranges${as}`] ?? '', inPackage) },
    ...{ cve: given[`cve${as}`] || null, cwe: given[`cwe${as}`] || null, otherScores: from.otherScores },
    workarounds: lines(given[`workarounds${as}`]).map((line) => kept(from.workarounds, line, { kind: 'workaround' })),
  };
}

/** What the verb takes, of what the form holds: each field of a further flaw has the flaw's id in its name. */
export function inputOf(caseId: string, given: Given, from: Start): object {
  const { profile, tlp, change } = given;
  const inPackage = from.package ?? '';
  const translations = Object.keys(given).flatMap((name) => {
    const i = /^language(\d+)$/.exec(name)?.[1];
    return i !== undefined && given[name] ? [{ language: given[name], title: given[`title${i}`], summary: given[`summary${i}`] }] : [];
  });
  return {
    ...{ caseId, ...flawOf(given, '', from, inPackage), profile, tlp, translations, ...(change ? { change } : {}) },
    further: (from.further ?? []).map((flaw) => ({
      ...{ vulnerabilityId: flaw.vulnerabilityId, ...flawOf(given, `-${flaw.vulnerabilityId}`, flaw, inPackage) },
      cvss: given[`cvss-${flaw.vulnerabilityId}`] || null,
    })),
    indicators: lines(given.indicators).map((line) => kept(from.indicators, line, {})),
    references: lines(given.references).map((url) => from.references?.find((r) => r.url === url) ?? { url }),
  };
}
