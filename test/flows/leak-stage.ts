import { actions } from '../../src/app/actions.ts';
import { day, plusMs } from '../../src/base/instant.ts';
import { draft } from '../../src/clearinghouse/advisories/actions.ts';
import { attemptContact } from '../../src/clearinghouse/cases/contacts/ladders/actions.ts';
import { chooseCredit } from '../../src/clearinghouse/cases/credits/actions.ts';
import { proposeEmbargo } from '../../src/clearinghouse/cases/embargoes/actions.ts';
import { message } from '../../src/clearinghouse/cases/messages/actions.ts';
import { addProxiedFinder, addSuppliers, participants } from '../../src/clearinghouse/cases/participants/actions.ts';
import { submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
import type { Tier } from '../../src/clearinghouse/cases/read-ins/read-in.ts';
import { state } from '../../src/clearinghouse/cases/statements/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import type { AnyAction } from '../../src/trust/action.ts';
import { loopPatch } from '../lab-rehearsal.ts';
import { openStage, type Stage, upToCases } from './cases-stage.ts';

/** A word that may reach viewers up to this tier; 3 is read by everybody in the case, -1 by the clearinghouse alone, -2 by one of its desks. */
export const planted: readonly (readonly [word: string, tier: number, by?: string])[] = [
  ['SECRET-TITLE', 1],
  ['SECRET-POC', 1],
  ['SECRET-NEED', -1],
  ['CANARY-AT-0', 0],
  ['CANARY-AT-1', 1],
  ['CANARY-AT-2', 2],
  ['CANARY-AT-3', 3],
  ['CANARY-FOR-DESK', -1, 'tier 3'],
  ['CANARY-EMBARGO', 1],
  ['CANARY-ADVISORY', 1],
  ['CANARY-STATEMENT', -1, 'tier 1'],
  ['CANARY-CONTACT', 1],
  // What the advisory says of who found it, every tier reads in it that reads the advisory; a finder only of itself.
  ['CANARY-CREDIT', 1, 'finder'],
  ['CANARY-PSEUDONYM', 1],
  ['CANARY-IDENTITY', -2, 'desk'],
];

export interface LeakStage extends Stage {
  /** By name, with the tier at which each sees the case; 4 = not at all. */
  readonly viewers: readonly (readonly [name: string, who: Actor, tier: number])[];
  /** Every id that there is to try, by its kind. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
}

/** One case with something planted at every tier, and somebody to look for it at each. */
export async function openLeakStage(replace: Parameters<typeof openStage>[0] = {}): Promise<LeakStage> {
  const stage = await openStage(replace);
  const { hub, caseId, desk } = stage;
  const viewers: [string, Actor, number][] = [];
  for (const tier of [0, 1, 2, 3] as Tier[])
    viewers.push([`tier ${tier}`, await stage.enter(await hub.join(`Tier ${tier}`, 'maintainer', 'operator'), tier), tier]);
  for (const tier of [0, 1, 2, 3]) await hub.do(desk, message, { id: caseId, text: `CANARY-AT-${tier} is said here.`, tier });
  await hub.do(viewers[0]![1], submitPatch, { id: caseId, patch: loopPatch('good') });
  await hub.settle(upToCases);
  await hub.do(desk, proposeEmbargo, { id: caseId, endsAt: plusMs(hub.clock.now(), 14 * day), because: 'CANARY-EMBARGO' });
  await hub.do(viewers[3]![1], message, { id: caseId, text: 'CANARY-FOR-DESK' });
  await hub.do(viewers[1]![1], state, { id: caseId, status: 'affected', text: 'CANARY-STATEMENT' });
  await plantPeople(stage);
  await hub.do(desk, draft, { caseId, title: 'CANARY-ADVISORY', summary: 'CANARY-ADVISORY it is.', affected: [{}] });
  viewers.push(['member', await hub.join('Member', 'finder', 'maintainer', 'operator', 'developer', 'evaluator'), 4]);
  viewers.push(['offered', await hub.join('Offered', 'maintainer'), 4]);
  viewers.push(['finder', stage.finder, 0], ['another desk', await hub.join('Another Desk', 'coordinator'), -1]);
  return { ...stage, viewers, ids: await idsIn(stage) };
}

/** Who found it as it wants to be thanked, one whom the desk alone knows, and an attempt to reach the supplier. */
async function plantPeople({ hub, desk, finder, caseId }: Stage): Promise<void> {
  const seats = (await hub.do<{ items: { id: string; kind: string; orgId: string | null }[] }>(desk, participants, { id: caseId })).items;
  const own = seats.find((p) => p.kind === 'finder' && p.orgId === finder.orgId)!;
  await hub.do(finder, chooseCredit, { id: own.id, as: 'name', name: 'CANARY-CREDIT' });
  const behind = { pseudonym: 'CANARY-PSEUDONYM', name: 'CANARY-IDENTITY', contact: 'CANARY-IDENTITY' };
  await hub.do(desk, addProxiedFinder, { id: caseId, ...behind });
  const { ids } = await hub.do<{ ids: string[] }>(desk, addSuppliers, { id: caseId, suppliers: [{ name: 'A distribution' }] });
  const told = { channel: 'email', addressee: 'CANARY-CONTACT', carriesReport: false };
  await hub.do(desk, attemptContact, { id: caseId, participantId: ids[0], ...told });
}

/** What the hub itself gives to a coordinator holds every id there is. */
async function idsIn({ hub, desk, caseId }: Stage): Promise<Map<string, string[]>> {
  const seen = new Set<string>([caseId]);
  for (let round = 0; round < 3; round++)
    for (const verb of readable)
      for (const input of inputsOf(verb, byKind(seen))) {
        const answer = JSON.stringify(await hub.try(desk, verb, input));
        for (const [id] of answer.matchAll(/\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b/g)) seen.add(id);
      }
  return byKind(seen);
}

function byKind(ids: Iterable<string>): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const id of ids) kinds.set(id.slice(0, 3), [...(kinds.get(id.slice(0, 3)) ?? []), id]);
  return kinds;
}

/** Reading changes nothing but the log. */
export const readable: readonly AnyAction[] = actions.filter((verb) => !verb.internal && verb.at.startsWith('GET '));

/** Inputs made of known ids: each field that wants an id of a kind gets each of the first few. */
export function inputsOf(verb: AnyAction, ids: ReadonlyMap<string, readonly string[]>): Record<string, string>[] {
  const shape =
    (verb.input as unknown as { def: { shape?: Record<string, { safeParse(of: unknown): { success: boolean } }> } }).def.shape ?? {};
  let inputs: Record<string, string>[] = [{}];
  for (const [name, schema] of Object.entries(shape)) {
    if (schema.safeParse(undefined).success) continue;
    const fits = [...ids.values()].flatMap((of) => of.slice(0, 3)).filter((id) => schema.safeParse(id).success);
    const known = name === 'seq' ? ['1', '2', '3', '4', '5'] : name === 'stage' ? ['early-warning'] : fits.slice(0, 6);
    inputs = known.flatMap((value) => inputs.map((input) => ({ ...input, [name]: value }))).slice(0, 12);
  }
  return inputs;
}
