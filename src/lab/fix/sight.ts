import type { BoxResult, BoxSpec, TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Pinned, sourceAt } from '../experiment.ts';

/**
 * Whether the sanitizer still watches what it watched before the patch. A self-check only shows that it is linked: a patch that changes how
 * the library is built, or hides an attribute behind a macro, leaves it linked and blind, and every PoC is silent. So the built programs are
 * taken apart, and each function that reads or writes through a pointer is looked at: does it ask the sanitizer or not?
 */
export interface Sight {
  /** Functions that ask the sanitizer, on the unpatched and on the patched build. */
  readonly watched: { readonly before: number; readonly after: number };
  /** Functions that touch memory unwatched and did not before; and what of the sanitizer's own is another. The first of them, by name. */
  readonly lost: readonly string[];
  readonly changed: readonly string[];
  /** Why it could not be told. */
  readonly failure?: string | undefined;
}

/** Of one function name: how many of that name are watched, how many touch memory unwatched, and how long they are together. */
interface Seen {
  readonly watched: number;
  readonly blind: number;
  readonly lines: number;
}

/**
 * For x86-64 and aarch64. What a compiler makes of a loop is a call of `memcpy`, which a sanitizer that watches the function calls by its own
 * name.
 */
const count = String.raw`
function put() { if (name != "") { if (checks) watched[name]++; else if (touches) blind[name]++; lines[name] += n; seen[name] } name = "" }
/^[0-9a-f]+ <.*>:$/ { put(); name = $2; sub(/^</, "", name); sub(/>:$/, "", name); sub(/(\.[0-9]+)+$/, "", name); checks = touches = n = 0; next }
/^ *[0-9a-f]+:\t/ {
  n++
  if ($0 ~ /__(hwa|a|m|t|ub|l)san_/) checks++
  else if ($0 ~ /[<\t]mem(cpy|move|set)[@>-]/) touches++
  else if ($2 !~ /^(data16|cs|nop|lea|bnd)/ && ($0 ~ /\(%r([a-d]x|[sd]i|8|9|1[0-5])/ || $0 ~ /\[x[0-9]/ && $0 !~ /\[x29/)) touches++
}
END { put(); for (name in seen) if (name !~ /^\./) print watched[name] + 0, blind[name] + 0, lines[name], name }
`;

/** Every ELF file of the tree, archives too. What is hostile is taken apart by the host's tools within a box, and judged outside. */
const takeApart =
  'find /src -type f -exec grep -laZP -m1 "^\\x7fELF" {} + | sort -z | xargs -0 -r -n1 objdump -dr -w --no-show-raw-insn 2>/dev/null | awk "$1"';

export function sightBox(spec: Pinned, tree: TreeId): BoxSpec {
  return {
    argv: ['sh', '-c', takeApart, 'sight', count],
    cwd: '/',
    env: { LC_ALL: 'C' },
    trees: [{ tree, at: sourceAt }],
    files: [],
    profile: 'poc',
    limits: { ...spec.limits.build, outputBytes: limits.sightBytes },
  };
}

/** What a box printed, by function name; undefined where it did not come to its end. */
export function readSight({ end, exit, stdout }: Pick<BoxResult, 'end' | 'exit' | 'stdout'>): ReadonlyMap<string, Seen> | undefined {
  if (end !== 'exited' || exit !== 0) return undefined;
  const functions = new Map<string, Seen>();
  for (const line of Buffer.from(stdout).toString('utf8').split('\n')) {
    const [watched, blind, lines, ...name] = line.split(' ');
    if (name.length > 0) functions.set(name.join(' '), { watched: Number(watched), blind: Number(blind), lines: Number(lines) });
  }
  return functions;
}

/** The sanitizer's own functions come with the compiler: they are the same in every build, unless a patch brought its own. */
const own = /^_{0,3}(?:interceptor_|sanitizer_|(?:hwa|a|m|t|ub|l)san_)/;
const shown = (names: readonly string[]) =>
  names
    .toSorted()
    .slice(0, limits.loudTrials)
    .map((name) => name.slice(0, limits.nameChars));

export function compareSight(before: ReadonlyMap<string, Seen> | undefined, after: ReadonlyMap<string, Seen> | undefined): Sight {
  const count = (of: ReadonlyMap<string, Seen> | undefined) => [...(of?.values() ?? [])].reduce((n, { watched }) => n + watched, 0);
  const watched = { before: count(before), after: count(after) };
  const nothing = { watched, lost: [], changed: [] };
  if (!before || !after) return { ...nothing, failure: 'the built programs could not be taken apart' };
  if (before.size > 0 && after.size === 0) return { ...nothing, failure: 'the patched build names none of its functions' };
  // Nothing of it is compiled with a sanitizer: what is seen is what the linked one sees, and the self-check speaks for that.
  if (watched.before === 0) return nothing;
  const names = [...after.keys()];
  const isOther = (name: string) => own.test(name) && before.get(name)?.lines !== after.get(name)!.lines;
  const isLost = (name: string) => !own.test(name) && after.get(name)!.blind > (before.get(name)?.blind ?? 0);
  return { watched, lost: shown(names.filter(isLost)), changed: shown(names.filter(isOther)) };
}

/** Why silence on the patched build says nothing; undefined where it does. */
export function blindBecause({ lost, changed, failure }: Sight): string | undefined {
  if (failure !== undefined) return `whether the sanitizer still watches the patched build could not be told: ${failure}`;
  if (changed.length > 0) return `the patched build brings its own ${changed.join(', ')}: the sanitizer's word is not its own any more`;
  if (lost.length > 0) return `the sanitizer does not watch these functions of the patched build: ${lost.join(', ')}`;
  return undefined;
}
