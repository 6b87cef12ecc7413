/** One thing that was said in a run, as lines of text. */
export interface Shown {
  /** From 1, in the transcript. */
  readonly number: number;
  readonly kind: keyof typeof kinds | 'other';
  readonly who: string;
  readonly about: string;
  readonly text: string;
}

export const kinds = {
  'to-model': 'told the model',
  'by-model': 'said by the model',
  'by-tool': 'answered by a tool',
  course: 'course of the run',
  end: 'the end',
} as const;

type Json = Readonly<Record<string, unknown>>;
const object = (given: unknown): Json => (typeof given === 'object' && given !== null ? (given as Json) : {});
const list = (given: unknown): readonly unknown[] => (Array.isArray(given) ? given : []);

/** What would hide or turn around what stands beside it: controls, bidirectional overrides, zero-width characters, tags. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/** Made visible: an overlong text keeps its beginning and its end. */
function plain(given: unknown, most = 100_000): string {
  const text = typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given);
  const shown =
    text.length > most ? `${text.slice(0, most / 2)}\n[${text.length - most} characters are not shown]\n${text.slice(-most / 2)}` : text;
  return shown.replace(invisible, '\ufffd');
}

/** What happened to the run itself, between what was said. */
const courses: ReadonlyMap<unknown, string> = new Map([
  ['asked', 'a call goes out'],
  ['broken', 'an answer that did not come whole, and is asked for again'],
  ['lost', 'a worker died between a call and its answer'],
  ['rebuilt', 'another worker made the workspace again by the same calls'],
]);

/** Newer hubs may write entries this desk does not know: they are shown as they are. */
export function shownOf(entries: readonly unknown[]): Shown[] {
  return entries.map((given, i) => ({ number: i + 1, ...oneOf(object(given)) }));
}

function oneOf(entry: Json): Omit<Shown, 'number'> {
  if (entry.said === 'to-model') {
    const messages = list(entry.messages).map(object);
    const text = messages.map(({ role, content }) => `${plain(role, 40)}: ${plain(content)}`).join('\n\n');
    return { kind: 'to-model', who: kinds['to-model'], about: '', text };
  }
  const { number, added, bytes } = object(entry.relayed);
  if (entry.said === 'asked' && added !== undefined) {
    const about = `call ${plain(number, 20)}, by the program in the box: ${plain(bytes, 20)} bytes, of which here is what no call before it had`;
    return { kind: 'to-model', who: kinds['to-model'], about, text: plain(added) };
  }
  if (entry.said === 'harness') {
    const text = list(entry.command)
      .map((word) => plain(word))
      .join(' ');
    return { kind: 'course', who: kinds.course, about: `the vendor’s own program begins; its files: ${plain(entry.files, 200)}`, text };
  }
  if (entry.said === 'by-model') {
    const { content, toolCalls } = object(entry.message);
    const calls = list(toolCalls)
      .map(object)
      .map((call) => `→ ${plain(call.name, 64)} ${argumentsOf(call.arguments)}`);
    const about = `${plain(entry.stop, 40)}, ${plain(entry.inputTokens, 20)} tokens in, ${plain(entry.outputTokens, 20)} out`;
    return { kind: 'by-model', who: kinds['by-model'], about, text: [plain(content), ...calls].filter((part) => part !== '').join('\n') };
  }
  if (entry.said === 'by-tool') return { kind: 'by-tool', who: kinds['by-tool'], about: plain(entry.tool, 64), text: plain(entry.answer) };
  const course = courses.get(entry.said);
  if (course !== undefined) return { kind: 'course', who: kinds.course, about: course, text: plain(entry.because ?? '') };
  if (entry.said === 'end') return { kind: 'end', who: kinds.end, about: plain(entry.ended, 40), text: plain(entry.because) };
  return { kind: 'other', who: plain(entry.said, 40) || 'unknown', about: '', text: plain(entry) };
}

/** A command as it was typed rather than as JSON has it. */
function argumentsOf(given: unknown): string {
  try {
    const parsed = object(JSON.parse(String(given)));
    const values = Object.entries(parsed);
    return values.length === 1 && typeof values[0]![1] === 'string' ? plain(values[0]![1]) : plain(parsed);
  } catch {
    return plain(given);
  }
}

export function filtered(entries: readonly Shown[], words: string, kind: string): readonly Shown[] {
  const sought = words.trim().toLowerCase();
  return entries.filter(
    (entry) => (kind === '' || entry.kind === kind) && (sought === '' || `${entry.about}\n${entry.text}`.toLowerCase().includes(sought)),
  );
}
