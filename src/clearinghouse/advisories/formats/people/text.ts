import type { Source } from '../../source.ts';
import type { Block, Section, Words } from './blocks.ts';
import { controls } from './html.ts';
import { outlineOf } from './outline.ts';

/** Of a mail that a person reads and answers (RFC 5322 §2.1.1). */
const width = 78;

/** Plain text for a mail: wrapped, addresses whole, nothing that a terminal would obey; labels are English. */
export function writeText(source: Source): string {
  const { title, banner, sections } = outlineOf(source);
  const head = [underlined(`${source.tracking.id}: ${title}`, '='), ...(banner === null ? [] : [wrapped(`*** ${banner} ***`, '')])];
  return `${[...head, ...sections.map(sectionOf)].join('\n\n').replace(controls, '\uFFFD')}\n`;
}

function sectionOf({ heading, level, blocks }: Section): string {
  return [underlined(heading, level === 2 ? '-' : '.'), ...blocks.map(blockOf)].join('\n\n');
}

function underlined(text: string, sign: string): string {
  const lines = wrapped(text, '');
  return `${lines}\n${sign.repeat(Math.min(width, Math.max(...lines.split('\n').map((l) => l.length))))}`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'prose':
      return block.text
        .split('\n')
        .map((line) => wrapped(line, /^[ \t]*/.exec(line)![0].slice(0, width / 2)))
        .join('\n');
    case 'list':
      return block.items.map((item) => wrapped(`* ${wordsOf(item)}`, '  ')).join('\n');
    case 'fields':
      return block.rows.map(([label, words]) => wrapped(`${label}: ${wordsOf(words)}`, '  ')).join('\n');
    default:
      return block.rows.map((cells) => rowOf(block.head, cells)).join('\n\n');
  }
}

/** A row is read top down: mail has no columns. */
function rowOf(head: readonly string[], cells: readonly (readonly Words[])[]): string {
  const lines = cells.flatMap((cell, i) =>
    cell.length === 0 ? [] : [wrapped(`${i === 0 ? '* ' : '  '}${head[i]}: ${wordsOf(cell)}`, '    ')],
  );
  return lines.join('\n');
}

function wordsOf(words: readonly Words[]): string {
  return words.map(({ text, url }) => (url === undefined || url === text ? text : `${text} <${url}>`)).join(' ');
}

/** At blanks only, so that an address stays one. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  const [first = '', ...words] = text.trim().split(/\s+/);
  let line = /^[ \t]*/.exec(text)![0].slice(0, width / 2) + first;
  for (const word of words) {
    if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}
