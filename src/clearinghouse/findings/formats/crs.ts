import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { type GivenFile, isFilename } from '../attachment.ts';
import type { Draft } from '../finding.ts';
import { type Context, draftFrom, type Reading } from './drafting.ts';
import { isObject, type Members, memberOf, textOf } from './members.ts';
import { readSarif } from './sarif.ts';

/** What a cyber reasoning system hands over, wherever its parts came from. */
export interface Parts {
  readonly povs: readonly Pov[];
  readonly patches: readonly Uint8Array[];
  readonly sarifs: readonly Members[];
  readonly description: string;
  /** Files kept beside a finding as they are: reports. */
  readonly others: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface Pov {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly harness?: string;
  readonly sanitizer?: string;
  readonly engine?: string;
  readonly architecture?: string;
}

const isPov = (v: unknown) => typeof memberOf(v, 'testcase') === 'string' && typeof memberOf(v, 'fuzzer_name') === 'string';
const isPatch = (v: unknown) => typeof memberOf(v, 'patch') === 'string';
const isSarif = (v: unknown) => isObject(memberOf(v, 'sarif'));
const ids = ['pov_id', 'patch_id', 'submitted_sarif_id', 'broadcast_sarif_id', 'freeform_id'];
const isBundle = (v: unknown) => ids.some((id) => typeof memberOf(v, id) === 'string');

/** A submission of the AIxCC competition API, or several in one object: `{"pov": …, "patch": …, "sarif": …, "bundle": …}`. */
export function isCrs(value: unknown): boolean {
  return [isPov, isPatch, isSarif, isBundle].some((is) => is(value)) || isPov(memberOf(value, 'pov')) || isPatch(memberOf(value, 'patch'));
}

/**
 * AIxCC competition API 1.4.0 (trailofbits/buttercup `competition-swagger`): POV, patch and SARIF submissions, each alone or together. A bundle
 * names its parts by their ids at the competition's server and holds none of them: sent with them, it gives its description.
 */
export function readCrs(value: unknown, context: Context): Reading | Refusal {
  const parts = partsOf(value);
  return isRefusal(parts) ? parts : readParts(parts, context);
}

function partsOf(value: unknown): Parts | Refusal {
  const several = (name: string, is: (v: unknown) => boolean) =>
    is(value) ? [value] : [memberOf(value, name), memberOf(value, `${name}s`)].flat().filter((part) => part !== undefined);
  const povs: Pov[] = [];
  for (const [i, given] of several('pov', isPov).entries()) {
    const bytes = bytesOf(memberOf(given, 'testcase'));
    if (bytes === undefined) return refuse('malformed', 'must be standard base64 with padding', `/povs/${i}/testcase`);
    const told = (name: string) => textOf(memberOf(given, name));
    povs.push({
      bytes,
      name: `pov-${i + 1}`,
      harness: told('fuzzer_name'),
      sanitizer: told('sanitizer'),
      engine: told('engine'),
      architecture: told('architecture'),
    });
  }
  const patches: Uint8Array[] = [];
  for (const [i, given] of several('patch', isPatch).entries()) {
    const bytes = bytesOf(memberOf(given, 'patch') ?? given);
    if (bytes === undefined) return refuse('malformed', 'must be standard base64 with padding', `/patches/${i}/patch`);
    patches.push(bytes);
  }
  const sarifs = [memberOf(value, 'sarif')].flat().map((log) => memberOf(log, 'sarif') ?? log);
  const description = textOf(memberOf(memberOf(value, 'bundle'), 'description')) || textOf(memberOf(value, 'description'));
  if (povs.length + patches.length === 0 && !isSarif(value))
    return refuse('unsupported', 'a bundle names its parts by id: send {"pov": …, "patch": …, "sarif": …, "bundle": …}');
  return { povs, patches, sarifs: sarifs.filter(isObject), description, others: [] };
}

/**
 * Which patch mends what which input trips is not told. One input, or none, and everything else is of one finding; of several inputs each is
 * a finding of its own, and so is each patch: what belongs together is for the lab to find out (every PoC against every patched build).
 */
export function readParts(parts: Parts, context: Context): Reading | Refusal {
  const { povs, patches, others } = parts;
  const read = sarifDrafts(parts.sarifs, context);
  if (isRefusal(read)) return read;
  const total = povs.length + patches.length + read.drafts.length;
  if (total > limits.findingsPerImport)
    return refuse('too_many', `a document tells of at most ${limits.findingsPerImport} findings; send it in parts`);
  if (total + others.length === 0) return refuse('malformed', 'holds neither a POV nor a patch nor a SARIF report');
  const files = others.map(({ name, bytes }) => fileOf(name, 'other', bytes));
  const isOne = povs.length <= 1 && read.drafts.length <= 1;
  const groups = isOne
    ? [{ povs, patches, sarif: read.drafts[0] }]
    : [
        ...povs.map((pov) => ({ povs: [pov], patches: [] })),
        ...patches.map((patch) => ({ povs: [], patches: [patch] })),
        ...read.drafts.map((sarif) => ({ povs: [], patches: [], sarif })),
      ];
  const drafts: Draft[] = [];
  for (const [i, group] of groups.entries()) {
    const draft = draftOf(group, isOne ? files : [], parts.description, context, `/${i}`);
    if (isRefusal(draft)) return draft;
    drafts.push(draft);
  }
  const apart =
    isOne || patches.length === 0 ? [] : [`which of ${patches.length} patches mends what is not told: each is a finding of its own`];
  const left = isOne || others.length === 0 ? [] : [`${others.length} reports belong to no one finding and were left out`];
  return { drafts, skipped: read.skipped, notes: [...apart, ...left] };
}

function sarifDrafts(logs: readonly Members[], { purl }: Context): { drafts: Draft[]; skipped: number } | Refusal {
  const drafts: Draft[] = [];
  let skipped = 0;
  if (logs.length > 0 && purl === null) return refuse('malformed', 'names no package: say which with purl', '/purl');
  for (const log of logs) {
    const read = readSarif(log, purl!);
    if (isRefusal(read)) return { ...read, at: `/sarif${read.at ?? ''}` };
    drafts.push(...read.drafts);
    skipped += read.skipped;
  }
  return { drafts, skipped };
}

interface Group {
  readonly povs: readonly Pov[];
  readonly patches: readonly Uint8Array[];
  readonly sarif?: Draft | undefined;
}

function draftOf(
  { povs: [pov], patches, sarif }: Group,
  others: readonly GivenFile[],
  description: string,
  { purl }: Context,
  at: string,
): Draft | Refusal {
  const ran = pov
    ? [pov.harness && `harness ${pov.harness}`, pov.sanitizer && `${pov.sanitizer} sanitizer`, pov.engine, pov.architecture]
        .filter(Boolean)
        .join(', ')
    : '';
  const does = pov
    ? `An input that crashes ${ran || 'the target'}.`
    : patches.length > 0
      ? 'A patch for a flaw without an input that shows it.'
      : '';
  const attachments = [
    ...(pov ? [fileOf(pov.name, 'exploit-proof-of-concept', pov.bytes)] : []),
    ...patches.map((bytes, i) => fileOf(`patch-${i + 1}.diff`, 'patch', bytes)),
    ...others,
  ];
  const made = draftFrom(
    {
      format: 'crs',
      title:
        sarif?.title ?? (pov ? `Crash${pov.harness ? ` in ${pov.harness}` : ''}${pov.sanitizer ? ` (${pov.sanitizer})` : ''}` : 'Patch'),
      text: [description, sarif?.text ?? '', does],
      purl: purl ?? undefined,
      method: 'cyber-reasoning-system',
      tooling: sarif?.discoveryTooling ?? '',
      attachments,
      original: {
        harness: pov?.harness,
        sanitizer: pov?.sanitizer,
        engine: pov?.engine,
        architecture: pov?.architecture,
        sarif: sarif?.original,
      },
    },
    at,
  );
  return isRefusal(made) || !sarif
    ? made
    : { ...sarif, ...made, cwe: sarif.cwe, cvss: sarif.cvss, symbol: sarif.symbol, references: sarif.references };
}

function fileOf(name: string, type: GivenFile['type'], bytes: Uint8Array): GivenFile {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const filename = isFilename(base) && Buffer.byteLength(base) <= limits.filenameBytes ? base : type;
  const contentType = type === 'patch' ? 'text/plain' : 'application/octet-stream';
  return { filename, contentType, type, description: null, bytes };
}

function bytesOf(value: unknown): Uint8Array | undefined {
  const text = textOf(value);
  // Char by char, not by groups: V8 keeps a stack frame for each repeat of a group.
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
