import { sha256 } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { zipped } from '../../../base/zip.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { viewOf } from '../../cases/actions.ts';
import { bundleOf, type Material } from '../../cases/assistance/bundle.ts';
import { copyLine } from '../../cases/canaries/canary.ts';
import { copyFor } from '../../cases/canaries/store.ts';
import { type Case, ledgerLabel, type Report } from '../../cases/case.ts';
import { governing } from '../../cases/embargoes/embargo.ts';
import { caseById } from '../../cases/store.ts';
import { tierIn, visibleReports } from '../../cases/wire.ts';
import { recipeFiles } from '../../validations/recipes/actions.ts';
import { validationsOfFindings } from '../../validations/store.ts';
import type { Advisory } from '../advisory.ts';
import { trackingIdOf } from '../bulletin.ts';
import { written } from '../documents.ts';
import { asSeen } from '../seen.ts';
import { advisoryOfCase } from '../store.ts';
import { present } from '../wire.ts';
import * as wire from './wire.ts';

/** Of a case, but here: it holds the advisory's draft, which earlier stations know nothing of. */
export const assist = action({
  name: 'cases.assist',
  at: 'GET /api/cases/:id/assistance',
  summary:
    'One archive with all that a maintainer needs: proofs of concept, patches, tests, the signed record, how to replay it, the draft.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.bundleOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    // What is in it is what tiers 0 and 1 see.
    if (tierIn(of, ctx.actor) > 1) return refuse('not_found', 'no such thing');
    const material = await materialOf(ctx, of);
    if (isRefusal(material)) return material;
    const { files, leftOut } = bundleOf(material);
    // Beside what is used: whose copy this is.
    const copy = { name: 'COPY.txt', bytes: Buffer.from(copyLine(await copyFor(ctx, of))) };
    const data = zipped([...files, copy], ctx.now);
    const taken = { filename: `breakwater-${of.id}.zip`, sha256: sha256(data), bytes: data.length };
    const payload = { sha256: taken.sha256, bytes: taken.bytes, byId: ctx.actor.id };
    const event = { event: 'case.assistance-taken' as const, thing: of.id, label: ledgerLabel(of), payload };
    return done({ ...taken, data: data.toString('base64'), leftOut: [...leftOut] }, event);
  },
});

async function materialOf(ctx: Ctx, of: Case): Promise<Material | Refusal> {
  const view = await viewOf(ctx, of);
  const reports: Material['reports'][number][] = [];
  for (const report of visibleReports(view, ctx.actor)) {
    const whole = await reportOf(ctx, report);
    if (isRefusal(whole)) return whole;
    reports.push(whole);
  }
  const patches: Material['patches'][number][] = [];
  for (const { blobId, verdict, because } of view.patches) {
    const bytes = await ctx.doors.blobs.get(blobId);
    if (isRefusal(bytes)) return bytes;
    patches.push({ verdict, because, bytes });
  }
  const { name, publicKey } = ctx.doors.keys.signer('records');
  const recordKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const about = { caseId: of.id, package: of.package, goLiveAt: governing(of.embargo).endsAt, hub: name, recordKeyPem };
  return { ...about, reports, patches, advisory: await advisoryFor(ctx, of, name) };
}

async function reportOf(ctx: Ctx, { id, title, text, purl, verdict, crashState, attachments }: Report) {
  const files: Material['reports'][number]['attachments'][number][] = [];
  for (const { id: blobId, filename } of attachments) {
    const bytes = await ctx.doors.blobs.get(blobId as Id<'blb'>);
    if (isRefusal(bytes)) return bytes;
    files.push({ id: blobId, filename, bytes });
  }
  return { title, text, purl, verdict, crashState, attachments: files, replay: await replayOf(ctx, id) };
}

/** The newest re-run with a record. It lies with the finder; that the report is shown is what shows it. */
async function replayOf(ctx: Ctx, findingId: string): Promise<Material['reports'][number]['replay']> {
  return ctx.acrossCompartments(async (tx) => {
    const validation = (await validationsOfFindings(tx, [findingId])).findLast((v) => v.record !== null && v.decided !== null);
    if (!validation?.record || !validation.decided) return null;
    const recipe = await recipeFiles({ ...ctx, tx }, validation.decided.recipeId);
    if (isRefusal(recipe)) return null;
    const parsed = parseRecipe(recipe.text);
    if (isRefusal(parsed)) return null;
    return { record: validation.record, recipe, recipeName: parsed.id, pocId: validation.decided.pocId };
  });
}

/** To whom the draft shows everything it goes in every format; whoever sees less of it gets what they see. */
async function advisoryFor(ctx: Ctx, of: Case, hub: string): Promise<Record<string, string>> {
  const advisory: Advisory | undefined = await advisoryOfCase(ctx.tx, of.id);
  if (!advisory) return {};
  const shown = present(await asSeen(ctx, advisory), ctx.actor);
  const draft = { draft: `${JSON.stringify(shown, null, 2)}\n` };
  // A finder does not learn of the others by the draft.
  if (shown.credits === undefined) return draft;
  const versions = [{ number: 1, at: ctx.now, change: advisory.text.change }];
  const origin = hub.slice(0, hub.lastIndexOf('/'));
  const documents = written({ trackingId: trackingIdOf(ctx.now.slice(0, 4), 0), status: 'draft', text: advisory.text, origin, versions });
  const whole = documents.map(({ format, part, content }) => [
    part === 1 ? format : `${format}-${part}`,
    typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`,
  ]);
  return { ...draft, ...Object.fromEntries(whole) };
}

export const assistanceActions = [assist];
