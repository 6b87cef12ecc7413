import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes begin, those of seconds fill what is left: otherwise the last minutes belong to one file. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byProject = Object.values(Object.groupBy(await super.sort(files), ({ project }) => project.name)) as TestSpecification[][];
    const placed = byProject.flatMap((own) => own.map((file, i) => ({ file, rank: rankOf(file), at: i / own.length })));
    return placed.sort((a, b) => a.rank - b.rank || (a.rank === alone ? a.at - b.at : 0)).map(({ file }) => file);
  }
}

const alone = 1;

/** What shares its modules stays together; of what does not, some of every project: three browsers at once are slower than one and two boxes. */
function rankOf({ project: { name, config } }: TestSpecification): number {
  if (name === 'slow') return 0;
  return config.isolate ? alone : name === 'unit' ? 3 : 2;
}
