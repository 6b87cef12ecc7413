import { referenceText } from '../reference-data.ts';

const files = ['rustsec', 'go-vulndb', 'pysec', 'oss-fuzz'];

/** The handed-over records of four databases; none where the reference data is absent. */
export function osvRecords(of: readonly string[] = files): (Record<string, unknown> & { readonly id: string })[] {
  return of.flatMap((name) =>
    (referenceText(`osv-records/${name}.jsonl`) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}
