import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { batchTools, type Tool, tools } from './tools.ts';

/** What `tool NAME` answers to one request: lines without their id, or a refusal. */
export function answer(name: string, request: Readonly<Record<string, unknown>>): readonly object[] | Refusal {
  const tool: Tool | undefined = isTool(name) ? tools[name]! : undefined;
  if (!tool) return refuse('unavailable', `the tool ${name} arrives with the station that builds its rules`);
  try {
    return tool(request);
  } catch {
    // One request that breaks a rule table must not take the rest of the batch with it.
    return refuse('unavailable', 'this request could not be worked out');
  }
}

function isTool(name: string): boolean {
  return Object.hasOwn(tools, name);
}

function isBatchTool(name: string): boolean {
  return Object.hasOwn(batchTools, name);
}

/** sysexits.h: EX_USAGE */
const usageError = 64;

/**
 * JSON lines in, JSON lines out, one answer per line with the same id; blank lines are no lines. A refusal is an answer.
 * Resolves to the process's exit code: 0, or 64 for a tool nobody knows.
 */
export async function runTool(
  name: string,
  lines: AsyncIterable<string>,
  write: (line: string) => void,
  complain: (message: string) => void = () => {},
): Promise<number> {
  if (isBatchTool(name)) return runBatch(name, lines, write);
  if (!isTool(name)) {
    complain(`no tool ${name}; there are ${[...Object.keys(tools), ...Object.keys(batchTools)].join(', ')}`);
    return usageError;
  }
  for await (const line of lines) {
    if (line.trim() === '') continue;
    for (const reply of answerLine(name, line)) write(JSON.stringify(reply));
  }
  return 0;
}

/** All records first, then the answers. A record that is refused, or whose id came before, takes no part. */
async function runBatch(name: string, lines: AsyncIterable<string>, write: (line: string) => void): Promise<number> {
  const batch = batchTools[name]!();
  const ids = new Set<string | number>();
  const take = (line: string): Refusal | undefined => {
    const read = readRequest(line);
    if (isRefusal(read)) return read;
    const { id, request } = read;
    if (id === null) return refuse('malformed', 'a record needs an id', 'id');
    if (ids.has(id)) return refuse('malformed', `the id ${id} came before`, 'id');
    if (ids.size >= limits.toolRecords) return refuse('too_many', `at most ${limits.toolRecords} records at once`);
    ids.add(id);
    batch.take(id, request);
    return undefined;
  };
  for await (const line of lines) {
    const refusal = line.trim() === '' ? undefined : take(line);
    if (refusal) write(JSON.stringify(refused(null, refusal)));
  }
  for (const reply of batch.answers()) write(JSON.stringify(reply));
  return 0;
}

function answerLine(name: string, line: string): readonly object[] {
  const read = readRequest(line);
  if (isRefusal(read)) return [refused(null, read)];
  const { id, request } = read;
  const replies = answer(name, request);
  return 'refused' in replies ? [refused(id, replies)] : replies.map((reply) => ({ id, ...reply }));
}

function readRequest(line: string): { id: string | number | null; request: Record<string, unknown> } | Refusal {
  if (Buffer.byteLength(line) > limits.toolLineBytes) return refuse('too_large', `a line has at most ${limits.toolLineBytes} bytes`);
  const request = readObject(line);
  if (!request) return refuse('malformed', 'a line must be one JSON object');
  const id = request.id ?? null;
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') return refuse('malformed', 'must be a text or a number', 'id');
  return { id, request };
}

function readObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused(id: string | number | null, { code, because, at }: Refusal): object {
  return { id, refused: { code, because, ...(at === undefined ? {} : { at }) } };
}
