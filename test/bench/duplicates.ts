import { sortOut } from '../../src/clearinghouse/duplicates/batch.ts';
import { type Traits, traitsOfRecord } from '../../src/clearinghouse/duplicates/traits.ts';

/** Records sorted out at once, and ten times as many: how much longer, and how much more memory. Made from a seed, three reports to a flaw. */
export function benchDuplicates(write: (line: string) => void, small = 10_000): void {
  sortOut(records(200).map(traitsOfRecord));
  const [few, many] = [measure(small / 10), measure(small)];
  for (const { n, ms, bytes, pairs, groups } of [few, many])
    write(
      `duplicates: ${n} records in ${(ms / 1000).toFixed(1)} s of processor time, ${(bytes / 2 ** 20).toFixed(0)} MiB of traits, ${pairs} lines, ${groups} groups\n`,
    );
  write(
    `duplicates: ten times the records take ${(many.ms / few.ms).toFixed(1)} × the time and ${(many.bytes / few.bytes).toFixed(1)} × the memory\n`,
  );
}

function measure(n: number) {
  const given = records(n);
  const startedAt = process.cpuUsage().user;
  const traits: Traits[] = given.map(traitsOfRecord);
  const { pairs, groups } = sortOut(traits);
  // Of the processor, because others use the machine too.
  const ms = (process.cpuUsage().user - startedAt) / 1000;
  return { n, ms, bytes: Buffer.byteLength(JSON.stringify(traits)), pairs: pairs.length, groups: groups.length };
}

function records(n: number): Record<string, unknown>[] {
  let seed = 1;
  const below = (max: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((seed / 0x80000000) * max);
  };
  // A few words are everywhere, most are nearly nowhere, as in any language.
  const word = () => `w${Math.floor(30_000 * (below(1000) / 1000) ** 4)}`;
  const sentence = () => `${Array.from({ length: 12 }, word).join(' ')}.`;
  return Array.from({ length: n }, (_, i) => {
    const flaw = Math.floor(i / 3);
    const [name, project] = [`parse_${flaw}_${word()}`, flaw % Math.ceil(n / 100)];
    const text = [
      sentence(),
      `A crafted file overflows a heap buffer in read_chunk_${flaw}, version 1.${flaw % 40}.`,
      sentence(),
      sentence(),
    ];
    const crash = {
      crashType: 'Heap-buffer-overflow READ 4',
      crashState: [`read_chunk_${flaw}`, `walk_${flaw % 9}`, 'main_loop'],
      sanitizer: 'asan',
    };
    return { id: i, title: `Overflow in ${name}`, text: text.join(' '), purl: `pkg:generic/project${project}`, ...(i % 2 ? crash : {}) };
  });
}
