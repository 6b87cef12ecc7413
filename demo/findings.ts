import { day, plusMs } from '../src/base/instant.ts';
import type { Cast, Player } from './cast.ts';
import type { DrivenClock } from './clock.ts';
import { mirageReport, northReport, reefReport, southReport } from './reports.ts';
import type { Screen } from './screen.ts';

interface Judged {
  readonly id: string;
  readonly title: string;
  readonly rung: string;
  readonly state: string;
  readonly stateBecause: string | null;
  readonly verdict: string | null;
  readonly crashState: string | null;
}

interface Told {
  readonly north: Judged;
  readonly south: Judged;
  readonly reef: Judged;
  readonly mirage: Judged;
}

/** Two labs claim overlapping targets and learn of it. */
export async function claim(cast: Cast, clock: DrivenClock, screen: Screen): Promise<void> {
  const window = { startsAt: clock.now(), endsAt: plusMs(clock.now(), 14 * day) };
  const target = { purl: 'pkg:deb/debian/cjson', technique: 'fuzzing', ...window };
  const declare = async (who: Player, paths: string[]) => {
    const { overlap } = await who.say<{ overlap: { claims: number; until: string | null } }>('claims.declare', {
      ...target,
      paths,
      contact: `${who.name.toLowerCase()}@lab.example`,
    });
    const learned =
      overlap.claims === 0 ? 'nobody is on it' : `${overlap.claims} other is on it until ${overlap.until?.slice(0, 16)}Z; who, is not said`;
    screen.step(who.name, `claims cjson ${paths.length ? `(${paths.join(', ')})` : ''}: ${learned}`);
    return overlap.claims;
  };
  await declare(cast.north, []);
  if ((await declare(cast.south, ['cJSON.c'])) !== 1) throw new Error('the overlap was not seen');
}

/** Four reports, four ways in; the hub replays every PoC and believes nobody. */
export async function report(url: string, cast: Cast, screen: Screen): Promise<Told> {
  const north = await sendTap(url, cast.north, screen);
  const south = (await cast.south.say<{ items: { id: string; receipt: string }[] }>('findings.submitSarif', southReport())).items[0]!;
  screen.step('Sven', `reports it too, as SARIF with another PoC: receipt ${south.receipt}`);
  const reef = await cast.reef.say<{ id: string; receipt: string; missing: string[] }>('findings.submit', reefReport());
  screen.step('Rita', `reports the npm flaw: receipt ${reef.receipt}; still missing of the six: ${reef.missing.join(', ') || 'nothing'}`);
  const mirage = await cast.mirage.say<{ id: string; receipt: string }>('findings.submit', mirageReport());
  screen.step('Milo', `reports "remote code execution" with a sanitizer trace: receipt ${mirage.receipt}`);
  return {
    north: await judged(cast.north, north, screen),
    south: await judged(cast.south, south.id, screen),
    reef: await judged(cast.reef, reef.id, screen),
    mirage: await judged(cast.mirage, mirage.id, screen),
  };
}

/** Through the door that TAP clients use. The receipt is all they get; the finder's own list says which finding it is. */
async function sendTap(url: string, who: Player, screen: Screen): Promise<string> {
  const headers = { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' };
  const response = await fetch(new URL('/v1/reports', url), { method: 'POST', headers, body: JSON.stringify(northReport()) });
  const answer = (await response.json()) as { receipt?: string };
  if (response.status !== 202 || !answer.receipt) throw new Error(`TAP answered ${response.status}: ${JSON.stringify(answer)}`);
  screen.step(who.name, `reports the C flaw through TAP v1: 202, receipt ${answer.receipt}`);
  const { items } = await who.say<{ items: { id: string }[] }>('findings.list');
  return items.at(-1)!.id;
}

async function judged(who: Player, id: string, screen: Screen): Promise<Judged> {
  const finding = await who.until<Judged>('findings.get', { id }, (f) => f.verdict !== null, `the verdict on ${id}`);
  screen.step('lab', `${who.name}'s finding: ${finding.verdict}; ${finding.stateBecause ?? ''}`);
  const top = finding.crashState?.trim().split('\n');
  if (top?.[0]) screen.detail(`crash state ${top.join(' < ')}`);
  return finding;
}
