import { createHash } from 'node:crypto';
import { makeId } from '../../src/base/id.ts';
import { type Instant, instantOf } from '../../src/base/instant.ts';
import { label } from '../../src/base/label.ts';
import { blankDraft, type Finding } from '../../src/clearinghouse/findings/finding.ts';
import { packageOf } from '../../src/clearinghouse/inventories/package-name.ts';

/**
 * Findings as a clearinghouse may see them, from a seed: packages by Zipf's law, in each of them flaws, each flaw found once, five times or
 * very often; half of the reports name function and file, a third bring a crash of ours, all describe in words of their own what they share.
 * Every hundredth is of one and the same flaw, which everybody's tool finds.
 */
export function floodOf(seed: number, orgIds: readonly Finding['orgId'][]) {
  const words = Array.from({ length: 20_000 }, (_, i) => wordOf(i));
  return (index: number): Finding => {
    const chance = chanceOf(seed * 1_000_003 + index);
    const isFashion = index % 100 === 0;
    const packageNo = isFashion ? 0 : Math.floor(20_000 ** chance()) - 1;
    const flaw = isFashion ? 0 : Math.floor(chance() ** 2 * (20 + (index / 8) * (1 / (packageNo + 2)) ** 0.9));
    const of = chanceOf(packageNo * 7_919 + flaw * 104_729 + 13);
    const shared = Array.from({ length: 12 }, () => words[Math.floor(of() ** 2 * words.length)]!);
    const own = Array.from({ length: 40 }, () => words[Math.floor(chance() ** 3 * words.length)]!);
    const [file, name] = [`src/${shared[0]}_${shared[1]}.c`, `${shared[2]}_${shared[3]}`];
    const crash = `${name}\n${shared[4]}_${shared[5]}\n${shared[6]}_main\n`;
    const isReplayed = chance() < 0.33;
    const at = instantOf(1_760_000_000_000 + index * 1000);
    const purl = `pkg:npm/${words[packageNo % words.length]}-${packageNo}@1.0.0`;
    const symbol = chance() < 0.5 ? { file, function: name, line: null } : null;
    const text = `${shared.slice(4).join(' ')} ${own.join(' ')}`;
    const draft = blankDraft({ format: 'plain', title: `${shared[7]} in ${name}`, text, purl, symbol, cwe: `CWE-${100 + (flaw % 40)}` });
    return findingOf(draft, index, orgIds[index % orgIds.length]!, at, isReplayed ? { crash, recipe: `r${packageNo}-${flaw}` } : undefined);
  };
}

function findingOf(
  { attachments: _, ...draft }: ReturnType<typeof blankDraft>,
  index: number,
  orgId: Finding['orgId'],
  receivedAt: Instant,
  replay: { crash: string; recipe: string } | undefined,
): Finding {
  const body = createHash('sha256').update(`finding ${index}`).digest();
  return {
    ...draft,
    id: makeId('fnd', 1_760_000_000_000 + index, body.subarray(0, 10)),
    ...{ orgId, reporterId: 'psn_bench', receipt: `SUB-${index}`, package: packageOf(draft.purl), attachments: [] },
    ...(replay
      ? { rung: 'replayed', state: 'valid', verdict: 'reproduced', crashState: replay.crash, recipeId: replay.recipe }
      : { rung: 'claimed', state: 'received', verdict: null, crashState: null, recipeId: null }),
    ...{ stateBecause: null, stateAt: receivedAt, validationId: null, commitment: '', commitmentSalt: '', contentDigest: '' },
    ...{ revealedAt: null, correctsId: null, correctedById: null, label: label('RED', orgId), receivedAt },
  };
}

function wordOf(index: number): string {
  const syllables = [
    'ba',
    'ce',
    'di',
    'fo',
    'gu',
    'ha',
    'je',
    'ki',
    'lo',
    'mu',
    'na',
    'pe',
    'ri',
    'so',
    'tu',
    'va',
    'we',
    'xi',
    'yo',
    'zu',
  ];
  let text = '';
  for (let rest = index + 400; rest > 0; rest = Math.floor(rest / 20)) text += syllables[rest % 20];
  return text;
}

/** Mulberry32: the same numbers in [0, 1) from the same seed, on every machine. */
function chanceOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
