/**
 * A list that a standard or a reader wants whole. One item is one line, the newest first, between an optional first and last line of
 * its own, so that a new state is the new lines and then those of the old file that still hold: nothing is asked of the database again.
 */
export interface Form {
  /** Before the first item, without its newline; undefined = the list begins with an item. */
  readonly head?: (updatedAt: string) => string;
  readonly tail?: string;
  /** Between two items. */
  readonly comma?: true;
  /** Which item a line is about: an item has one line. */
  readonly keyOf: (line: string) => string | undefined;
}

export interface Line {
  /** Where the list lies in the tree. */
  readonly path: string;
  readonly form: Form;
  readonly text: string;
}

/** A list has up to hundreds of thousands of lines: they are written in chunks. */
const chunkChars = 256 * 1024;

/** Takes the lines of a list, newest first. */
export class ListWriter {
  private text: string;
  private isFirst = true;
  private readonly form: Form;
  private readonly write: (bytes: Uint8Array) => Promise<void>;
  constructor(form: Form, updatedAt: string, write: (bytes: Uint8Array) => Promise<void>) {
    this.form = form;
    this.write = write;
    this.text = form.head ? `${form.head(updatedAt)}\n` : '';
  }
  async add(line: string): Promise<void> {
    this.text += this.isFirst ? line : `${this.form.comma ? ',' : ''}\n${line}`;
    this.isFirst = false;
    if (this.text.length < chunkChars) return;
    const chunk = Buffer.from(this.text);
    this.text = '';
    await this.write(chunk);
  }
  async end(): Promise<void> {
    const { tail } = this.form;
    await this.write(Buffer.from(`${this.text}${this.isFirst ? '' : '\n'}${tail === undefined ? '' : `${tail}\n`}`));
  }
}

/** The lines of an older state that are still true. Throws Damaged where the file is not what ListWriter writes. */
export async function* kept(form: Form, chunks: AsyncIterable<Uint8Array>, replaced: ReadonlySet<string>): AsyncGenerator<string> {
  let isHead = form.head !== undefined;
  let isOver = false;
  for await (const line of linesOf(chunks)) {
    if (isOver) throw new Damaged('a list goes on after its end');
    if (isHead) {
      isHead = false;
      continue;
    }
    if (line === form.tail) {
      isOver = true;
      continue;
    }
    const item = form.comma && line.endsWith(',') ? line.slice(0, -1) : line;
    const key = form.keyOf(item);
    if (key === undefined) throw new Damaged('a line of a list is about nothing');
    if (!replaced.has(key)) yield item;
  }
  if (isHead || isOver === (form.tail === undefined)) throw new Damaged('a list was cut short');
}

/** What lies on the disk is not what was written there; it is made anew from the database. */
export class Damaged extends Error {}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const end = Buffer.from(chunk.buffer, chunk.byteOffset + from, at - from);
      yield rest.length === 0 ? end.toString('utf8') : Buffer.concat([...rest, end]).toString('utf8');
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
  }
  if (rest.length > 0) throw new Damaged('a list ends within a line');
}
