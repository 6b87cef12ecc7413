import { isRefusal } from '../../../base/refusal.ts';
import { parseRecipe, type Recipe } from '../../../lab/recipe.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { orgById } from '../../../trust/orgs/store.ts';
import type { Case } from '../../cases/case.ts';
import { recordsOf } from '../../cases/contacts/records/store.ts';
import { participantsOf } from '../../cases/participants/store.ts';
import { patchesOf } from '../../cases/patches/store.ts';
import { statementsOfCase } from '../../cases/statements/store.ts';
import { caseById } from '../../cases/store.ts';
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
    return done(suggestionOf(await gather(ctx, of)));
  },
});

/** All that a case holds for its advisory. */
export async function gather(ctx: Ctx, of: Case): Promise<Material> {
  const names = new Map<string, string>();
  const nameOf = async (orgId: string) => {
    const known = names.get(orgId) ?? (await orgById(ctx.tx, orgId))?.name ?? '';
    names.set(orgId, known);
    return known;
  };
  const reports: Material['reports'][number][] = [];
  const found = new Map((await findingsByIds(ctx.tx, of.findingIds)).map((finding) => [finding.id, finding]));
  for (const id of of.findingIds) {
    const finding = found.get(id);
    if (finding) reports.push({ ...finding, orgName: await nameOf(finding.orgId) });
  }
  const statements: Material['statements'][number][] = [];
  for (const { id, name } of await participantsOf(ctx.tx, of.id)) names.set(id, name);
  // An advisory is of one vulnerability: of the one the case was opened for.
  for (const said of await statementsOfCase(ctx.tx, of.id))
    if (said.state !== 'replaced' && said.vulnerabilityId === of.vulnerabilities[0].id)
      statements.push({ ...said, orgName: names.get(said.participantId) ?? '' });
  const validations = await validationsOfFindings(ctx.tx, of.findingIds);
  const replayed = reproductionsIn(validations).map(({ recipeId }) => recipeId);
  return {
    ...{ package: of.package, title: of.title, reports, statements, patches: await patchesOf(ctx.tx, of.id) },
    tried: [...new Set(replayed)].flatMap((id) => triedBy(ctx, id)),
    bisected: (await bisectionsOfFindings(ctx.tx, of.findingIds)).flatMap((b) => bisectedBy(ctx, b)),
    hasPriority: (await priorityOfCase(ctx.tx, of.id)) !== undefined,
    nonFixes: (await recordsOf(ctx.tx, of.id)).flatMap((r) =>
      r.kind === 'non-fix' && r.state === 'approved'
        ? [{ supplier: names.get(r.participantId) ?? '', position: r.said.position, saidAt: r.said.saidAt }]
        : [],
    ),
  };
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
