import type { BoxSpec, Recipes, Sources, TreeId } from '../src/base/doors.ts';
import { rehearsedBox, uneventful } from '../src/io/boxes/rehearsed.ts';

/** A pretended target for tests of the stations around the lab: it runs for ever on inputs that say "loop", until it is patched well. */
export const loopPackage = 'pkg:npm/looper';

const recipe = `
id: looper
title: an endless loop
target: { ecosystem: npm, purl: ${loopPackage} }
vulnerability: { id: none, weaknesses: [CWE-835] }
variants:
  vulnerable: { kind: npm, package: looper, version: 1.0.0 }
  fixed: { kind: npm, package: looper, version: 1.0.1 }
run: { argv: [/src/looper, '{poc}'] }
oracle: { kind: hang }
control: control.txt
tests: [{ name: it says hello, argv: [/src/looper, --hello], stdout: hello }]
patch: { immutable: [test] }
`;

export const loopRecipes: Recipes = {
  all: () => [{ id: 'looper', text: recipe, files: { 'control.txt': Buffer.from('fine') } }],
  observers: () => ({}),
};

const tree = (digit: string): TreeId => `tree_${digit.repeat(64)}`;
const [vulnerable, fixed, verified, incomplete, breaking] = ['1', '2', '3', '4', '5'].map(tree) as [TreeId, TreeId, TreeId, TreeId, TreeId];

export const loopSources: Sources = {
  fetch: async (source) => ({ tree: source.kind === 'npm' && source.version === '1.0.0' ? vulnerable : fixed, archives: [] }),
  history: async () => [],
  read: async () => Buffer.from(''),
};

const fileAt = (spec: BoxSpec, at: string) => Buffer.from(spec.files.find((f) => f.at === at)?.bytes ?? []).toString();

function treeAfter(patch: string): TreeId {
  if (patch.includes('good')) return verified;
  return patch.includes('breaking') ? breaking : incomplete;
}

export const loopBox = () =>
  rehearsedBox((spec) => {
    const on = spec.trees[0]!.tree;
    if (spec.argv[0] === 'patch') return { ...uneventful, kept: treeAfter(fileAt(spec, '/input/patch')) };
    if (spec.argv[1] === '--hello') return { ...uneventful, stdout: Buffer.from(on === breaking ? '' : 'hello') };
    const loops = fileAt(spec, '/input/poc').includes('loop') && (on === vulnerable || on === incomplete);
    // Only a PoC that also says "deep" gets past the patch that is called good.
    const deep = fileAt(spec, '/input/poc').includes('deep') && on === verified;
    return loops || deep ? { ...uneventful, end: 'cpu-limit', exit: null } : uneventful;
  });

/** A unified diff whose effect is said by its word: `good`, `incomplete` or `breaking`. */
export function loopPatch(word: string, path = 'looper.js'): string {
  return Buffer.from(`--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-loop\n+${word}\n`).toString('base64');
}

export function loopReport(title: string, poc = 'loop', over: object = {}): object {
  const data = Buffer.from(poc).toString('base64');
  const attachments = [{ filename: 'poc.txt', contentType: 'text/plain', type: 'exploit-proof-of-concept', data }];
  return {
    title,
    text: `${title}: it never ends on the attached input.`,
    purl: `${loopPackage}@1.0.0`,
    versions: ['1.0.0'],
    cwe: 'CWE-835',
    discoveryMethod: 'ai-assisted',
    toolingAccess: 'confidential',
    attachments,
    ...over,
  };
}
