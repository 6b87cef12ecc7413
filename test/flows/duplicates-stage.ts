import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

export const crash = 'parse_string\nparse_value\ncJSON_Parse\n';
export const elsewhere = 'print_number\nprint_value\ncJSON_Print\n';

interface Credit {
  readonly findingId: string;
  readonly orgId: string;
  readonly receivedAt: string;
  readonly credit: string;
  readonly vulnerabilityId: string;
}
export interface Shown {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly subsumedById: string | null;
  readonly findingIds: string[];
  readonly credits: Credit[];
  readonly history: { findingId: string; leftAt: string | null }[];
  readonly comparisons: Compared[];
  readonly regroupings: { id: string; kind: string; undone: unknown }[];
}
export interface Compared {
  readonly id: string;
  readonly aId: string;
  readonly bId: string;
  readonly decision: string;
  readonly decidedBy: string;
}
export interface Regrouped {
  readonly act: { readonly id: string };
  readonly from: Shown;
  readonly to: Shown;
}

export interface DuplicatesStage {
  readonly hub: TestHub;
  readonly north: Actor;
  readonly south: Actor;
  readonly desk: Actor;
  /** Hands in a finding of a package and has it compared. */
  report(as: Actor, name: string, more?: object): Promise<string>;
  /** Has it judged by a re-run and compared again; returns the vulnerability it is counted in. */
  judge(id: string, verdict: string, crashState: string | null, recipeId: string | null): Promise<string | null>;
  compare(id: string): Promise<{ compared: number; vulnerabilityId: string | null }>;
  /** One finding, replayed: its vulnerability. */
  replayed(as: Actor, name: string, crashState: string, recipeId: string): Promise<{ id: string; vulnerability: string }>;
  shown(id: string | null): Promise<Shown>;
  events(thing: string): Promise<{ event: string; payload: unknown }[]>;
}

/** A hub with two finders and a desk, and no flow: every step is taken by hand. */
export async function openDuplicates(): Promise<DuplicatesStage> {
  const hub = await openHub();
  const [north, south] = [await hub.join('North Lab', 'finder'), await hub.join('South Lab', 'finder')];
  const desk = await hub.join('Clearinghouse', 'coordinator');
  const compare: DuplicatesStage['compare'] = (id) => hub.do(house, duplicates.compare, { id });
  const report: DuplicatesStage['report'] = async (as, name, more = {}) => {
    hub.clock.advance(1000);
    const given = { title: 't', text: 'x', purl: `pkg:npm/${name}@1`, ...more };
    const { id } = await hub.do<{ id: string }>(as, findings.submit, given);
    await compare(id);
    return id;
  };
  const judge: DuplicatesStage['judge'] = async (id, verdict, crashState, recipeId) => {
    hub.clock.advance(1000);
    await hub.do(house, findings.judge, { id, verdict, because: 'a run of ours', crashState, recipeId });
    return (await compare(id)).vulnerabilityId;
  };
  return {
    ...{ hub, north, south, desk, report, judge, compare },
    async replayed(as, name, crashState, recipeId) {
      const id = await report(as, name);
      return { id, vulnerability: (await judge(id, 'reproduced', crashState, recipeId))! };
    },
    shown: (id) => hub.do<Shown>(desk, duplicates.get, { id }),
    events: async (thing) =>
      (await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000))).flatMap((e) =>
        e.body?.thing === thing && e.body.event !== 'log.read' ? [{ event: e.body.event, payload: e.body.payload }] : [],
      ),
  };
}
