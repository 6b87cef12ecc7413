import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Projects whose files take minutes begin, those of seconds fill what is left: otherwise the last minutes belong to one file. */
const order = ['slow', 'desk', 'contracts', 'long', 'long-flows', 'fuzz', 'flows', 'laws', 'unit'];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification) => order.indexOf(project.name);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
