import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Doors } from '../../src/base/doors.ts';
import { insist, isRefusal } from '../../src/base/refusal.ts';
import { conclude } from '../../src/lab/conclude.ts';
import { plannedRuns, prepare } from '../../src/lab/experiment.ts';
import { oracleEnvironment } from '../../src/lab/oracle.ts';
import { filesOf, parseRecipe } from '../../src/lab/recipe.ts';
import { runExperiment } from '../../src/lab/run.ts';
import { compare, line } from './measure.ts';

/** A verdict on a target that is built already, beside the same runs of the same programs without a box, a record or a judgement. */
export async function benchVerdict(doors: Pick<Doors, 'box' | 'sources' | 'recipes'>, dataDir: string): Promise<string> {
  const found = doors.recipes.all().find(({ id }) => id === 'cjson-CVE-2023-53154')!;
  const recipe = insist(parseRecipe(found.text));
  const files = insist(filesOf(recipe, found.files));
  const [name] = recipe.pocs;
  const spec = insist(prepare(recipe, files[name!]!, found));
  const verdict = async () => {
    const evidence = await runExperiment(spec, doors);
    return { evidence, verdict: conclude(spec, evidence) };
  };
  const first = await verdict();
  if (isRefusal(first) || first.verdict.verdict !== 'reproduced') return `verdict: could-not-tell: ${first.verdict.because}`;
  const treeOf = new Map(first.evidence.builds.map(({ variant, tree }) => [variant, join(dataDir, 'trees', tree)]));
  const inputs = join(found.id, '');
  const pathOf = { poc: join('recipes', inputs, name!), control: join('recipes', inputs, recipe.control), 'self-check': '' };
  const runs = [
    ...plannedRuns(spec).map((run) => ({ ...run, named: false })),
    { variant: 'vulnerable', input: 'poc', named: true } as const,
  ];
  const bare = async () => {
    for (const { variant, input, named } of runs) {
      const argv = input === 'self-check' ? recipe.selfCheck! : recipe.run.argv;
      const [program, ...args] = argv.map((word) => word.replace('/src/', `${treeOf.get(variant)!}/`).replaceAll('{poc}', pathOf[input]));
      // As in the box, without its collected reports: they go to standard error.
      const env = Object.fromEntries(
        Object.entries(oracleEnvironment(recipe.oracle, '/dev', named)).map(([k, v]) => [k, v.replace(/log_path=[^:]*:/, '')]),
      );
      await new Promise((resolve) => spawn(program!, args, { env: { ...env, PATH: '/usr/bin' }, stdio: 'ignore' }).on('close', resolve));
    }
  };
  return line(
    await compare(`a verdict: ${runs.length} runs, one of them with names`, 'the same runs, bare, one after the other', verdict, bare),
  );
}
