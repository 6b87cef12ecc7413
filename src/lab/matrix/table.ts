import type { Cell, Matrix } from './matrix.ts';

/** The matrix for people, builds down and inputs across, with what the words mean under it. */
export function tableOf({ rows, columns }: Matrix): string {
  const head = ['', ...rows.map((row) => (rows.filter((r) => r.of === row.of).length > 1 ? `${row.of} ${row.name}` : row.of)), ''];
  const lines = columns.map((column) => [
    column.name,
    ...column.cells.map(shown),
    column.void === null ? '' : `no evidence: ${oneLine(column.void)}`,
  ]);
  const places = columns.flatMap((column) => column.cells.flatMap((cell) => (cell.saw === 'quiet' ? [] : [oneLine(cell.because)])));
  const table = [head, ...lines];
  const widths = head.map((_, i) => (i === head.length - 1 ? 0 : Math.max(...table.map((line) => line[i]!.length))));
  const text = table.map((line) =>
    line
      .map((word, i) => word.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  const legend = [
    'CRASH k/N: in all N runs, at one place · quiet: in none · unsure k/N: anything else',
    'no evidence: the build’s silence proves nothing, because it fails its tests, is blind, or is no build',
  ];
  return [...text, '', ...legend, ...[...new Set(places)].map((place) => `seen: ${place}`)].join('\n');
}

const words = { crash: 'CRASH', quiet: 'quiet', 'could-not-tell': 'unsure' } as const;
const shown = ({ saw, crashes, of }: Cell) => `${words[saw]} ${crashes}/${of}`;
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, 160);
