import type { Id } from '../../../base/id.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { parseRecipe, type Recipe } from '../../../lab/recipe.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { orgById } from '../../../trust/orgs/store.ts';
import { type Case, flawsIn, goesOnAs } from '../../cases/case.ts';
import { recordsOf } from '../../cases/contacts/records/store.ts';
import { thanksFor } from '../../cases/credits/credit.ts';
import { creditsOfCase } from '../../cases/credits/store.ts';
import { participantsOf } from '../../cases/participants/store.ts';
import { patchesOf } from '../../cases/patches/store.ts';
import { statementsOfCase } from '../../cases/statements/store.ts';
import { caseById } from '../../cases/store.ts';
import { placesOf } from '../../duplicates/store.ts';
import { findingsByIds } from '../../findings/store.ts';
import { packageOf, versionOf } from '../../inventories/package-name.ts';
import { priorityOfCase } from '../../priorities/store.ts';
import type { Bisection } from '../../validations/bisections/bisection.ts';
import { bisectionsOfFindings } from '../../validations/bisections/store.ts';
import { validationsOfFindings } from '../../validations/store.ts';
import { reproductionsIn } from '../../validations/validation.ts';
import * as wire from '../wire.ts';
import { type Bisected, type Material, publishedRanges, suggestionOf, type Tried } from './suggestion.ts';

export const suggest = action({
  name: 'advisories.suggest',
  at: 'GET /api/cases/:caseId/advisory-suggestion',
  summary: 'A first draft from what the case holds, each value with where it comes from, and what nobody has said yet.',
  by: ['coordinator'],
  input: wire.byCase,
  output: wire.suggestionOut,
  on: (ctx, input) => caseById(ctx.tx, input.caseId),
  async run(ctx, _input, of: Case) {
    const [first, ...further] = await gather(ctx, of);
    const { draft, origins, missing } = suggestionOf(first.material);
    const others = further.map(({ vulnerabilityId, material }, i) => ({ vulnerabilityId, i, ...suggestionOf(material) }));
    const flaws = others.map(({ vulnerabilityId, draft: { references: _, ...said } }) => ({ vulnerabilityId, ...said }));
    return done({
      draft: { ...draft, ...(flaws.length > 0 ? { further: flaws } : {}) },
      origins: [...origins, ...others.flatMap((o) => o.origins.map(({ at, from }) => ({ at: `/further/${o.i}${at}`, from })))],
      missing: [...new Set([...missing, ...others.flatMap((o) => o.missing.map((what) => `${what} (of ${o.vulnerabilityId})`))])],
    });
  },
});

/** What a case holds of one of its flaws. */
export interface FlawMaterial {
  readonly vulnerabilityId: Id<'vul'>;
  readonly material: Material;
}

/** All that a case holds for its advisory, flaw by flaw: first the one it was opened for. */
export async function gather(ctx: Ctx, of: Case): Promise<readonly [FlawMaterial, ...FlawMaterial[]]> {
  const [first, ...further] = flawsIn(of);
  const placed = await placesOf(ctx.tx, of.findingIds);
  const findings = await findingsByIds(ctx.tx, of.findingIds);
  const participants = await participantsOf(ctx.tx, of.id);
  const choices = await creditsOfCase(ctx.tx, of.id);
  const names = new Map<string, string>(participants.map(({ id, name }) => [id, name]));
  for (const orgId of new Set(findings.map((f) => f.orgId))) names.set(orgId, (await orgById(ctx.tx, orgId))?.name ?? '');
  const reports = of.findingIds.flatMap((id) => {
    const finding = findings.find((f) => f.id === id);
    const orgName = names.get(finding?.orgId ?? '') ?? '';
    return finding ? [{ ...finding, orgName, thanks: thanksFor(finding, orgName, participants, choices) }] : [];
  });
  const said = (await statementsOfCase(ctx.tx, of.id)).filter((s) => s.state !== 'replaced');
  const shared = {
    ...{ package: of.package, patches: await patchesOf(ctx.tx, of.id), hasPriority: (await priorityOfCase(ctx.tx, of.id)) !== undefined },
    nonFixes: (await recordsOf(ctx.tx, of.id)).flatMap((r) =>
      r.kind === 'non-fix' && r.state === 'approved'
        ? [{ supplier: names.get(r.participantId) ?? '', position: r.said.position, saidAt: r.said.saidAt }]
        : [],
    ),
  };
  /** What is of none of the others is of the first. */
  const isOf = (flaw: string, id: string | undefined) =>
    flaw === first ? !further.some((v) => v === goesOnAs(of, id)) : flaw === goesOnAs(of, id);
  const materialOf = async (flaw: Id<'vul'>): Promise<FlawMaterial> => {
    const own = reports.filter((r) => isOf(flaw, placed.get(r.id)));
    const statements = said.filter((s) => isOf(flaw, s.vulnerabilityId));
    const ids = own.map((r) => r.id);
    const replayed = reproductionsIn(await validationsOfFindings(ctx.tx, ids)).map(({ recipeId }) => recipeId);
    return {
      vulnerabilityId: flaw,
      material: {
        ...shared,
        ...{ title: flaw === first ? of.title : (own[0]?.title ?? of.title), reports: own },
        statements: statements.map((s) => ({ ...s, orgName: names.get(s.participantId) ?? '' })),
        tried: [...new Set(replayed)].flatMap((id) => triedBy(ctx, id)),
        bisected: (await bisectionsOfFindings(ctx.tx, ids)).flatMap((b) => bisectedBy(ctx, b)),
      },
    };
  };
  const others: FlawMaterial[] = [];
  for (const flaw of further) others.push(await materialOf(flaw));
  return [await materialOf(first), ...others];
}

function triedBy(ctx: Ctx, recipeId: string): Tried[] {
  const files = ctx.doors.recipes.all().find((r) => r.id === recipeId);
  const recipe = files && parseRecipe(files.text);
  if (!recipe || isRefusal(recipe)) return [];
  const { vulnerable, fixed } = recipe.variants;
  return [
    {
      recipeId,
      package: packageOf(recipe.target.purl),
      vulnerable: versionTried(vulnerable, recipe),
      fixed: fixedVersion(vulnerable, fixed),
    },
  ];
}

function bisectedBy(ctx: Ctx, { recipeId, found }: Bisection): Bisected[] {
  const files = ctx.doors.recipes.all().find((r) => r.id === recipeId);
  const recipe = files && parseRecipe(files.text);
  if (!found || !recipe || isRefusal(recipe)) return [];
  const ranges = publishedRanges(recipe.variants.vulnerable.kind, found.ranges);
  return ranges.map((range) => ({ recipeId, package: packageOf(recipe.target.purl), range }));
}

function versionTried(source: Recipe['variants']['vulnerable'], recipe: Recipe): string {
  const stated = 'version' in source ? source.version : source.kind === 'git' ? source.revision : '';
  const version = stated || versionOf(recipe.target.purl) || 'an unnamed version';
  return source.kind === 'debian' && source.patch !== undefined ? `${version} without ${source.patch}` : version;
}

/** One version with one more patch is no other version of the archive. */
function fixedVersion(vulnerable: Recipe['variants']['vulnerable'], fixed: Recipe['variants']['fixed']): string | null {
  const isPublished = fixed?.kind === 'npm' || fixed?.kind === 'pypi';
  return isPublished && (!('version' in vulnerable) || fixed.version !== vulnerable.version) ? fixed.version : null;
}
