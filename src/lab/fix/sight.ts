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

/** Of one function name: how many of that name are watched, how many touch memory unwatched, and of all of them together the rest. */
interface Seen {
  readonly watched: number;
  readonly blind: number;
  /** Places where an address is asked about before it is used. */
  readonly checks: number;
  readonly touches: number;
  readonly lines: number;
}

/**
 * For x86-64 and aarch64. What a compiler makes of a loop is a call of `memcpy`, which a sanitizer that watches the function calls by its own
 * name. To name the sanitizer is not to ask it: on x86-64 a report that no look at the shadow (at 0x7fff8000) leads to is no check.
 */
export const countFunctions = String.raw`
function put() {
  if (isOpen) {
    if (isX86) { if (!reports) shadow = 0 } else shadow = reports
    if (shadow + asked || framed && named) watched[name]++; else if (touched) blind[name]++
    checks[name] += shadow + calls; touches[name] += touched; lines[name] += n; seen[name]
  }
  isOpen = 0
}
/file format [^ ]+$/ { put(); isX86 = /elf64-x86-64$/; next }
/^[0-9a-f]+ <.*>:$/ {
  put(); name = $2; sub(/^</, "", name); sub(/>:$/, "", name); sub(/(\.[0-9]+)+$/, "", name)
  isOpen = 1; shadow = reports = calls = asked = framed = named = touched = n = 0; next
}
/^ *[0-9a-f]+:\t/ {
  n++
  if ($0 ~ /[<\t]__(hwa|a|m|t|ub|l)san_/) {
    named++
    if ($0 ~ /[<\t]__asan_report_/) reports++
    else if ($0 ~ /[<\t]__(hwasan_(check|load|store|tag_mismatch)|asan_(load|store)|tsan_(unaligned_)?(read|write))/) { calls++; asked++ }
    else if ($0 ~ /[<\t]__(msan_|ubsan_handle_|[a-z]+_mem(cpy|move|set))/) asked++
  }
  else if ($0 ~ /0x7fff8000/) { if ($0 ~ /[$]0x7fff8000|\tcmp|,%[a-z0-9]+$/) shadow++; else framed++ }
  else if ($0 ~ /[<\t]mem(cpy|move|set)[@>-]/) touched++
  else if ($2 !~ /^(data16|cs|nop|lea|bnd)/ && ($0 ~ /\(%r([a-d]x|[sd]i|8|9|1[0-5])/ || $0 ~ /\[x[0-9]/ && $0 !~ /\[x29|ldr\tx17, \[x16/)) touched++
}
END { put(); for (name in seen) print watched[name] + 0, blind[name] + 0, checks[name] + 0, touches[name] + 0, lines[name] + 0, name }
`;

/** Every ELF file of the tree, archives too. What is hostile is taken apart by the host's tools within a box, and judged outside. */
const takeApart =
  'find /src -type f -exec grep -laZP -m1 "^\\x7fELF" {} + | sort -z | xargs -0 -r -n1 objdump -dr -w --no-show-raw-insn 2>/dev/null | awk "$1"';

export function sightBox(spec: Pinned, tree: TreeId): BoxSpec {
  return {
    argv: ['sh', '-c', takeApart, 'sight', countFunctions],
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
    const [counts, name] = [line.split(' ', 5), line.split(' ').slice(5)];
    const [watched, blind, checks, touches, lines] = counts.map(Number) as [number, number, number, number, number];
    if (name.length > 0) functions.set(name.join(' '), { watched, blind, checks, touches, lines });
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

/**
 * Of a function that was watched, a much smaller part is asked about than was. In cJSON's own history (clang -O0 to -O2, gcc -O1; 170 functions
 * that a commit, or five, changed) the touches to a check rise by a factor of 1.43 at most.
 */
function isLessWatched(was: Seen, is: Seen): boolean {
  if (was.checks === 0 || was.touches === 0 || is.touches === 0) return false;
  const expected = (is.touches * was.checks) / was.touches;
  return is.checks === 0 || (expected > 1.5 * is.checks && expected - is.checks >= 2);
}

export function compareSight(before: ReadonlyMap<string, Seen> | undefined, after: ReadonlyMap<string, Seen> | undefined): Sight {
  const count = (of: ReadonlyMap<string, Seen> | undefined) => [...(of?.values() ?? [])].reduce((n, { watched }) => n + watched, 0);
  const watched = { before: count(before), after: count(after) };
  const nothing = { watched, lost: [], changed: [] };
  if (!before || !after) return { ...nothing, failure: 'the built programs could not be taken apart' };
  const names = [...after.keys()];
  // What has no symbols is shown by the name of its section.
  const isNameless = after.size === 0 || names.some((name) => name.startsWith('.text') && !before.has(name));
  if (before.size > 0 && isNameless) return { ...nothing, failure: 'the patched build names none of its functions' };
  // Nothing of it is compiled with a sanitizer: what is seen is what the linked one sees, and the self-check speaks for that.
  if (watched.before === 0) return nothing;
  const isOther = (name: string) => own.test(name) && before.get(name)?.lines !== after.get(name)!.lines;
  const isLost = (name: string) => {
    const [was, is] = [before.get(name), after.get(name)!];
    return !own.test(name) && (is.blind > (was?.blind ?? 0) || (was !== undefined && isLessWatched(was, is)));
  };
  return { watched, lost: shown(names.filter(isLost)), changed: shown(names.filter(isOther)) };
}

/** Why silence on the patched build says nothing; undefined where it does. */
export function blindBecause({ lost, changed, failure }: Sight): string | undefined {
  if (failure !== undefined) return `whether the sanitizer still watches the patched build could not be told: ${failure}`;
  if (changed.length > 0) return `the patched build brings its own ${changed.join(', ')}: the sanitizer's word is not its own any more`;
  if (lost.length > 0) return `the sanitizer does not watch these functions of the patched build: ${lost.join(', ')}`;
  return undefined;
}
