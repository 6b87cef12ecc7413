import type { Csaf } from './csaf.ts';

/** Says where a document breaks a clause, and how. */
export type Report = (pointer: string, message: string) => void;

/** One test of the standard, chapter 6: it reports nothing where the document keeps it. */
export interface Clause {
  readonly id: string;
  readonly run: (csaf: Csaf, report: Report) => void;
}

/** Tests by their number, in one edition or, under `both`, in the two. */
export type Clauses = Readonly<Record<string, Clause['run']>>;
