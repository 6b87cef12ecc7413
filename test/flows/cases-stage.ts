import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { patchCheck } from '../../src/clearinghouse/cases/patches/actions.ts';
import { acknowledge, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import type { Tier } from '../../src/clearinghouse/cases/read-ins/read-in.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { type Flow, hop, work } from '../../src/trust/flow.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

/** From intake to the case, as the product does it; later stations are not needed here. */
export const upToCases: Flow = {
  hops: [
    hop('finding.received', validations.request, (h) => ({ id: h.thing })),
    hop('validation.concluded', findings.judge, (h) => ({ ...h.payload, id: h.payload.findingId, validationId: h.thing })),
    hop('finding.judged', duplicates.compare, (h) => ({ id: h.thing })),
    hop('vulnerability.opened', cases.open, (h) => ({ id: h.thing })),
    hop('vulnerability.joined', cases.addFinders, (h) => ({ id: h.thing })),
    hop('vulnerability.split', cases.addFinders, (h) => ({ id: h.thing })),
    hop('vulnerability.left', cases.addFinders, (h) => ({ id: h.thing })),
    hop('vulnerability.parted', cases.addFinders, (h) => ({ id: h.thing })),
    hop('vulnerability.emptied', cases.addFinders, (h) => ({ id: h.thing })),
    hop('vulnerability.emptied', cases.follow, (h) => ({ id: h.thing, intoId: h.payload.intoId })),
    hop('vulnerability.subsumed', cases.follow, (h) => ({ id: h.thing, intoId: h.payload.intoId })),
    hop('case.finding-settled', findings.close, (h) => ({ id: h.payload.findingId, because: h.payload.because })),
  ],
  works: [
    work('validation.requested', validations.validation, (h) => h.thing),
    work('case.patch-submitted', patchCheck, (h) => h.payload.patchId),
  ],
  dues: [],
};

export const noneFound = { conflict: false, antitrust: false, breach: false, sanctions: false };
export const placed: Record<Tier, { ability: string }> = {
  0: { ability: 'patch' },
  1: { ability: 'test' },
  2: { ability: 'stage' },
  3: { ability: 'stage' },
};

export interface Stage {
  readonly hub: TestHub;
  readonly caseId: string;
  readonly findingId: string;
  readonly finder: Actor;
  readonly desk: Actor;
  /** Offers a read-in, acknowledges it, and returns the person as they are afterwards. */
  enter(person: Actor, tier: Tier): Promise<Actor>;
}

/** A hub with one case that a finder's report opened. */
export async function openStage(replace: Parameters<typeof openHub>[0] = {}): Promise<Stage> {
  const hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes, ...replace });
  const finder = await hub.join('North Lab', 'finder');
  const desk = await hub.join('Clearinghouse', 'coordinator');
  const { id: findingId } = await hub.do<{ id: string }>(finder, findings.submit, loopReport('SECRET-TITLE', 'loop SECRET-POC'));
  await hub.settle(upToCases);
  const { items } = await hub.do<{ items: { id: string }[] }>(desk, cases.list, {});
  const caseId = items[0]!.id;
  return {
    hub,
    caseId,
    findingId,
    finder: await hub.again(finder),
    desk,
    async enter(person, tier) {
      const offer = {
        id: caseId,
        personId: person.id,
        tier,
        need: 'SECRET-NEED',
        ...placed[tier],
        sponsorId: desk.id,
        exclusions: noneFound,
      };
      await hub.do(desk, readIn, offer);
      const offered = await hub.do<{ items: { caseId: string; termsDigest: string }[] }>(person, offers, {});
      const { termsDigest } = offered.items.find((o) => o.caseId === caseId)!;
      await hub.do(person, acknowledge, { id: caseId, termsDigest });
      return hub.again(person);
    },
  };
}
