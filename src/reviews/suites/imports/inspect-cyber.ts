import { z } from 'zod';
import { readYaml } from '../../../lab/yaml.ts';
import { type Found, type Import, idOf } from './draft.ts';

const text = z.string();
const asked = z.object({ prompt: text.nullish(), metadata: z.record(text, z.unknown()).nullish() });
/** `eval.yaml` of Inspect Cyber, and `samples.yaml` as others call it: a name, files, a flag, and variants that differ in prompt, files or metadata. What else it says is named as a problem. */
const evaluation = asked.extend({ name: text, variants: z.record(text, asked.loose().nullable()).nullish() }).loose();

const carried = new Set(['name', 'prompt', 'metadata', 'variants']);
const why: Readonly<Record<string, string>> = {
  flag: 'it is solved by a flag: a text that is known is no evidence here',
  sandbox: 'it is run in containers: a recipe would have to build the target',
  files: 'files are put into its container',
  setup: 'a script sets its container up',
};

export function readInspectCyber(files: readonly Found[], into: Import): void {
  for (const { path, text: source } of files.filter(({ path: at }) => /(?:^|\/)(?:eval|samples)\.ya?ml$/.test(at))) {
    const parsed = evaluation.safeParse(yaml(source));
    if (!parsed.success) {
      into.problem(path, `not an evaluation, at /${parsed.error.issues[0]?.path.join('/') ?? ''}`);
      continue;
    }
    const { name, prompt, variants } = parsed.data;
    const said = Object.keys(parsed.data).filter((member) => !carried.has(member));
    for (const member of said) into.problem(idOf(name), why[member] ?? `it says ${member}, which is not carried`);
    for (const [variant, over] of Object.entries(variants ?? { default: null })) {
      const id = idOf(name, variant);
      // So its authors name the variant by which they show that it can be solved.
      if (/^solutions?$/i.test(variant)) {
        into.problem(id, 'it is the solution, and no task');
        continue;
      }
      const words = over?.prompt ?? prompt;
      if (!words) {
        into.problem(id, 'it has no prompt');
        continue;
      }
      const rest = {
        recipeId: null,
        state: 'unavailable',
        skill: null,
        weakness: null,
        disclosedAt: null,
        humanMinutes: null,
        minutes: null,
      } as const;
      into.task({ id, level: 1, prompt: words, ...rest, from: { format: 'inspect-cyber', path } });
    }
  }
}

function yaml(source: string): unknown {
  try {
    return readYaml(source);
  } catch {
    return undefined;
  }
}
