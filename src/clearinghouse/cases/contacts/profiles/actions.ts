import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { wireOk } from '../../../../base/wire.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../../trust/action.ts';
import { orgById } from '../../../../trust/orgs/store.ts';
import { bareOf } from '../../../inventories/package-name.ts';
import type { Case } from '../../case.ts';
import { caseById } from '../../store.ts';
import { tierIn } from '../../wire.ts';
import { kindOf, lookUp } from '../suggestions/look-up.ts';
import type { GivenFile } from '../suggestions/suggestion.ts';
import { type Profile, projectLabel, type Recognition, type Said, spoken } from './profile.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

/** What is found is for a person to look at: nothing is kept, nobody is written to. */
export const lookUpContacts = action({
  name: 'cases.lookUpContacts',
  at: 'POST /api/contact-suggestions',
  summary:
    'Where files of a project (SECURITY.md, security.txt, registry metadata) say that it may be reached, best first, each with its line.',
  by: ['coordinator', 'finder'],
  input: wire.lookUpInput,
  output: wire.lookUpOut,
  async run(ctx, input) {
    const files: GivenFile[] = [];
    for (const [i, { name, kind = kindOf(name), text, url = null }] of input.files.entries()) {
      if (!kind) return refuse('unsupported', 'its name does not say what it is; give its kind', `/files/${i}/kind`);
      files.push({ name, kind, text, url });
    }
    return done(lookUp(files, ctx.now));
  },
});

export const recogniseMaintainer = action({
  name: 'cases.recogniseMaintainer',
  at: 'POST /api/projects/maintainers',
  summary: 'Say that an organisation speaks for a package, and how that is known; from then on it says how it is approached and how fast.',
  by: ['coordinator'],
  input: wire.recogniseInput,
  output: wire.recognitionOut,
  async run(ctx, input) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person makes sure who speaks for a project');
    const name = bareOf(input.package, '/package');
    if (isRefusal(name)) return name;
    const org = await orgById(ctx.tx, input.orgId);
    if (!org) return refuse('not_found', 'no such organisation', '/orgId');
    if (!org.roles.includes('maintainer')) return refuse('conflict', 'this organisation is no maintainer', '/orgId');
    const now = await store.maintainerOf(ctx.tx, name);
    if (now && now.orgId !== org.id) return refuse('conflict', 'another organisation speaks for it; end that first', '/package');
    const recognition: Recognition = {
      ...{ package: name, orgId: org.id, because: input.because, recognisedBy: ctx.actor.id, recognisedAt: ctx.now, endedAt: null },
      label: projectLabel(org.id),
    };
    await store.recognise(ctx.tx, recognition);
    return done(recognition, event(recognition, 'project.maintainer-recognised', { orgId: org.id, because: input.because }));
  },
  present: wire.presentRecognition,
});

export const endMaintainer = action({
  name: 'cases.endMaintainer',
  at: 'POST /api/projects/maintainers/end',
  summary: 'Say that nobody here speaks for a package any more: what its maintainer said of approach and pace no longer counts.',
  by: ['coordinator'],
  input: wire.endInput,
  output: wireOk,
  async run(ctx, input) {
    const name = bareOf(input.package, '/package');
    if (isRefusal(name)) return name;
    const now = await store.maintainerOf(ctx.tx, name);
    if (!now) return refuse('not_found', 'nobody here speaks for this package', '/package');
    await store.endRecognition(ctx.tx, name, ctx.now);
    return done({ ok: true as const }, event(now, 'project.maintainer-ended', { orgId: now.orgId, because: input.because }));
  },
});

export const projects = action({
  name: 'cases.projects',
  at: 'GET /api/projects',
  summary: 'The packages that your organisation speaks for here.',
  by: ['maintainer'],
  input: wire.nothing,
  output: wire.projectsOut,
  async run(ctx) {
    return done({ items: await store.projectsOf(ctx.tx, ctx.actor.orgId ?? '') });
  },
  present: presentItems(wire.presentRecognition),
});

export const keepProfile = action({
  name: 'cases.keepProfile',
  at: 'POST /api/projects/profile',
  summary:
    'Keep how a project likes to be approached: a coordinator with where it was read, a maintainer in its own word, which goes before.',
  by: ['coordinator', 'maintainer'],
  input: wire.profileInput,
  output: wire.keptOut,
  async run(ctx, { package: purl, sourceUrl = null, readAt = ctx.now, ...said }) {
    const speaker = await speakerOf(ctx, purl);
    if (isRefusal(speaker)) return speaker;
    const { name, maintainer } = speaker;
    if (readAt > ctx.now) return refuse('malformed', 'nobody has read it yet', '/readAt');
    if (!maintainer && sourceUrl === null) return refuse('malformed', 'say where it was read', '/sourceUrl');
    if (Object.values(said).every((value) => value === null)) return refuse('malformed', 'say at least one thing');
    const profile: Profile = {
      ...{ package: name, saidBy: maintainer ? 'maintainer' : 'coordinator', orgId: maintainer?.orgId ?? null, said: said satisfies Said },
      ...{ sourceUrl, readAt, keptBy: ctx.actor.id, keptAt: ctx.now, label: projectLabel(maintainer?.orgId ?? null) },
    };
    // The row of a maintainer that spoke before it may be another organisation's.
    await ctx.acrossCompartments((tx) => store.keepProfile(tx, profile));
    return done(profile, event(profile, 'project.profile-kept', { saidBy: profile.saidBy, sourceUrl }));
  },
  present: wire.presentKept,
});

export const profile = action({
  name: 'cases.profile',
  at: 'GET /api/projects/profile',
  summary: 'How a project likes to be approached, each thing with who says so, where and when it was read.',
  by: ['coordinator', 'maintainer'],
  input: wire.byPackage,
  output: wire.spokenOut,
  async run(ctx, input) {
    const speaker = await speakerOf(ctx, input.package);
    return isRefusal(speaker) ? speaker : done(await spokenOf(ctx, speaker.name));
  },
  present: wire.present,
});

/** Outside a case, that a profile was looked up lately would tell that something was found there. */
export const approach = action({
  name: 'cases.approach',
  at: 'GET /api/cases/:id/approach',
  summary: 'How the project of a case likes to be approached, for whoever is read in at tiers 0 and 1.',
  by: 'signed-in',
  input: wire.byCase,
  output: wire.spokenOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, _input, of: Case) {
    return tierIn(of, ctx.actor) > 1 ? refuse('not_found', 'no such thing') : done(await spokenOf(ctx, of.package));
  },
  present: wire.present,
});

/**
 * For whom somebody speaks: a maintainer for a package that is recognised as theirs, a coordinator for none in particular. To anybody else a
 * package that is not theirs reads like one that nobody speaks for.
 */
export async function speakerOf(ctx: Ctx, purl: string): Promise<{ name: string; maintainer: Recognition | undefined } | Refusal> {
  const name = bareOf(purl, '/package');
  if (isRefusal(name)) return name;
  const maintainer = await store.maintainerOf(ctx.tx, name);
  const isTheirs = maintainer !== undefined && maintainer.orgId === ctx.actor.orgId;
  if (!isTheirs && !ctx.actor.roles.includes('coordinator'))
    return refuse('not_found', 'your organisation does not speak for this package', '/package');
  return { name, maintainer: isTheirs ? maintainer : undefined };
}

async function spokenOf(ctx: Ctx, name: string): Promise<wire.Spoken> {
  return ctx.acrossCompartments(async (tx) => {
    const orgId = (await store.maintainerOf(tx, name))?.orgId ?? null;
    return { package: name, maintainerOrgId: orgId, said: spoken(await store.profilesOf(tx, name), orgId) };
  });
}

function event(of: Pick<Profile, 'package' | 'orgId'>, name: `project.${string}`, payload: unknown): Happening {
  return { event: name, thing: of.package, label: projectLabel(of.orgId), payload };
}

export const profileActions = [lookUpContacts, recogniseMaintainer, endMaintainer, projects, keepProfile, profile, approach];
