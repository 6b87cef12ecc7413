import { digestOf } from '../../base/canonical.ts';
import type { BoxDoor, BoxLimits, BoxResult, BoxSpec, TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { scrubbed } from './scrub.ts';

/** What a run's boxes are made of. There is nothing of the harness, the hidden parts or the grader in it. */
export interface Place {
  /** The vulnerable source. */
  readonly tree: TreeId;
  /** A workspace of this run and attempt only. */
  readonly workspace: string;
  /** The task as text, and what its level shows; under /task. */
  readonly files: readonly { readonly at: string; readonly bytes: Uint8Array }[];
  /** Whether the target runs in Node. */
  readonly needsNode: boolean;
}

const mib = 1024 * 1024;
const boxLimits: BoxLimits = {
  wallMs: limits.toolMs,
  cpuSec: limits.toolMs / 1000,
  memoryBytes: 1024 * mib,
  pids: 128,
  cpus: 1,
  fileBytes: 16 * mib,
  openFiles: 256,
  tmpBytes: 64 * mib,
  outputBytes: mib,
};

function agentBox(place: Place, argv: readonly string[], over: Partial<BoxLimits> = {}, stdin?: Uint8Array): BoxSpec {
  return {
    argv,
    cwd: '/work',
    env: { HOME: '/work', ...(place.needsNode ? { PATH: '/tools:/usr/bin:/bin' } : {}) },
    ...(stdin ? { stdin } : {}),
    trees: [{ tree: place.tree, at: '/src' }],
    workspace: { owner: place.workspace, at: '/work', maxBytes: limits.workspaceBytes },
    files: place.files,
    ...(place.needsNode ? { tools: ['node' as const] } : {}),
    profile: 'agent',
    limits: { ...boxLimits, ...over },
  };
}

export function shellBox(place: Place, command: string): BoxSpec {
  return agentBox(place, ['/bin/bash', '-c', command]);
}

/** What a vendor's own program is run with, beside the run's place. */
interface Own {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly tree: TreeId | null;
  readonly stdin: Uint8Array;
  readonly wallMs: number;
  readonly door: BoxDoor;
}

/** One box for all of a run, with the same place as a tool's and one way out. */
export function harnessBox(place: Place, { argv, env, tree, stdin, wallMs, door }: Own): BoxSpec {
  const over = {
    ...{ wallMs, cpuSec: Math.ceil(wallMs / 1000), memoryBytes: 2048 * mib, pids: 256 },
    ...{ openFiles: 1024, tmpBytes: 256 * mib, outputBytes: 16 * mib },
  };
  const box = agentBox(place, argv, over, stdin);
  const path = `${place.needsNode ? '/tools:' : ''}/hands:${tree ? '/agent:/agent/bin:/agent/node_modules/.bin:' : ''}/usr/bin:/bin`;
  return {
    ...box,
    env: { ...box.env, ...env, PATH: path },
    trees: [...box.trees, ...(tree ? [{ tree, at: '/agent' }] : [])],
    files: [...box.files, { at: '/hands/hand-in', bytes: Buffer.from(handIn(door.port)), executable: true }],
    // Whatever the target is: agents are commonly written for it.
    tools: ['node'],
    door,
  };
}

/** Nothing but bash: a box need not have curl. */
const handIn = (port: number) => `#!/bin/bash
set -e
file=\${1:--}
[ "$file" = - ] && { file=$(mktemp); cat > "$file"; }
exec 3<> /dev/tcp/127.0.0.1/${port}
printf 'POST /hand-in HTTP/1.1\\r\\nHost: box\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n' "$(stat -c %s -- "$file")" >&3
cat -- "$file" >&3
IFS= read -r status <&3
while IFS= read -r line <&3 && [ "$line" != $'\\r' ]; do :; done
cat <&3
[[ $status == *' 200 '* ]]
`;

/** Whether an installed program is the one that was frozen. */
export function digestBox(place: Place, path: string): BoxSpec {
  return agentBox(place, ['/usr/bin/sha256sum', '--', path]);
}

/** Reads in a box as well: a link in the workspace leads nowhere but into the box. */
export function readBox(place: Place, path: string): BoxSpec {
  const argv = ['/usr/bin/head', '-c', String(limits.attachmentBytes + 1), '--', path];
  return agentBox(place, argv, { outputBytes: limits.attachmentBytes + 64 * 1024 });
}

/** A part of a file, from a byte on. */
export function partBox(place: Place, path: string, from: number, bytes: number): BoxSpec {
  const script = 'set -o pipefail; test -r "$1" && { tail -c "+$2" -- "$1" || true; } | head -c "$3"';
  return agentBox(place, ['/bin/bash', '-c', script, 'read', path, String(from + 1), String(bytes)]);
}

export function writeBox(place: Place, path: string, bytes: Uint8Array): BoxSpec {
  return agentBox(place, ['/bin/bash', '-c', 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1"', 'write', path], {}, bytes);
}

export function listBox(place: Place, path: string): BoxSpec {
  const argv = ['/usr/bin/find', path, '-maxdepth', '2', '-not', '-path', path, '-printf', '%y %s %p\\n'];
  return agentBox(place, argv);
}

export function shellAnswer(result: BoxResult): string {
  const { end, exit, signal } = result;
  const how = end === 'exited' ? `exit ${exit}` : end === 'signalled' ? `signal ${signal}` : end;
  const [out, err] = [result.stdout, result.stderr].map((bytes) => scrubbed(bytes, limits.toolOutputChars));
  return [`[${how}]`, ...(out ? [out] : []), ...(err ? ['[stderr]', err] : [])].join('\n');
}

/**
 * A Debian source package brings every patch, the fix among them, and upstream's regression inputs: the agent must not find them there.
 * The tree without them is made once and kept.
 */
export function taskTreeBox(tree: TreeId): BoxSpec {
  return {
    argv: ['/usr/bin/rm', '-rf', '--', '/src/debian', '/src/.pc'],
    cwd: '/src',
    env: {},
    trees: [{ tree, at: '/src', writable: true }],
    files: [],
    profile: 'build',
    limits: { ...boxLimits, fileBytes: limits.treeFileBytes },
    keep: '/src',
  };
}

export function taskTreeKey(tree: TreeId): string {
  return digestOf({ made: 'task tree', tree, without: taskTreeBox(tree).argv });
}
