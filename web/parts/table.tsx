import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly empty: string;
}

// Elements laid out as cards lose their table roles in some browsers, hence the explicit ones.
const as = (role: string) => ({ role });

/** Rows of like things; the first column names the row. On a narrow screen each row is a card. */
export function Table<Row>({ caption, columns, rows, id, empty }: Props<Row>) {
  const [name, ...others] = columns;
  if (rows.length === 0) return <p className="border border-line bg-sheet px-4 py-6 text-soft">{empty}</p>;
  return (
    <table {...as('table')} className="rows w-full border border-line bg-sheet text-left">
      <caption className="sr-only">{caption}</caption>
      <thead {...as('rowgroup')}>
        <tr {...as('row')} className="border-b border-line text-[0.87em] text-soft">
          {columns.map((column) => (
            <th key={column.head} {...as('columnheader')} scope="col" className="px-3 py-2 font-medium whitespace-nowrap">
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...as('rowgroup')}>
        {rows.map((row) => (
          <tr key={id(row)} {...as('row')} className="border-b border-line last:border-b-0 max-md:py-2">
            <th {...as('rowheader')} scope="row" className="px-3 py-2 align-top font-normal max-md:py-1 max-md:[overflow-wrap:anywhere]">
              {name!.cell(row)}
            </th>
            {others.map((column) => (
              <td key={column.head} {...as('cell')} data-head={column.head} className="px-3 py-2 align-top max-md:py-1">
                <div className="min-w-0 max-md:[overflow-wrap:anywhere]">{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
