import { subjectOf } from '../../src/app/gate/subject.ts';
import type { ReadRecipe } from '../../src/app/lab-inputs.ts';
import type { Box, BoxSpec, Doors } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { insist, isRefusal } from '../../src/base/refusal.ts';
import { atOnce } from '../../src/lab/at-once.ts';
import { verifyPatch } from '../../src/lab/fix/run.ts';
import { parseRecipe } from '../../src/lab/recipe.ts';
import { compare, line } from './measure.ts';

/**
 * A small library's own fix verified, warm: its source is fetched and the unpatched tree is built, the patched one is not. Beside it the same boxes
 * alone, two at once as the lab runs them.
 */
export async function benchPatch({ box, ...doors }: Pick<Doors, 'box' | 'sources' | 'recipes'>): Promise<string> {
  const { text, ...beside } = doors.recipes.all().find(({ id }) => id === 'cjson-CVE-2023-53154')!;
  const recipe = insist(parseRecipe(text));
  const found: ReadRecipe = { recipe, text, beside };
  const subject = await subjectOf(found, { ...doors, box });
  if (isRefusal(subject)) return `a patch verified: could-not-tell: ${subject.because}`;
  const pocs = recipe.pocs.map((name) => subject.files[name]!);
  const [asked, warm]: [BoxSpec[], Box] = [
    [],
    {
      ...box,
      run: (spec, signal) => {
        asked.push(spec);
        return box.run(spec, signal);
      },
      // What is built of a patch is forgotten, or the second round would find it.
      remember: async () => {},
    },
  ];
  const verify = async () => {
    asked.length = 0;
    const { verdict } = insist(await verifyPatch(recipe, [subject.fix!], pocs, beside, { ...doors, box: warm }));
    if (verdict.verdict !== 'verified') throw new Error(`${verdict.verdict}: ${verdict.because}`);
  };
  const alone = () => atOnce([...asked], limits.boxesAtOnce, (spec) => box.run(spec));
  const measured = await compare('a patch of a small library verified, warm', 'its boxes alone', verify, alone, 3);
  return `${line(measured)}\n${asked.length} boxes, ${pocs.length} PoCs, ${recipe.tests.length} tests`;
}
