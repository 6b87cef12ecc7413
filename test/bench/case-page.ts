import { randomBytes } from 'node:crypto';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import type { Doors } from '../../src/base/doors.ts';
import { makeId } from '../../src/base/id.ts';
import { insist } from '../../src/base/refusal.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { issueToken } from '../../src/trust/orgs/actions.ts';
import { actorById, insertOrg, insertPerson } from '../../src/trust/orgs/store.ts';
import { crowdedCase } from '../equipment/crowded-case.ts';

/** DESIGN §9: the data of a case's page of 121 suppliers and 1,000 messages within 150 ms for 95 of 100; beside a case of one and ten. */
export async function benchCasePage(doors: Doors, print: (text: string) => void, rounds = 100): Promise<void> {
  const { token } = await coordinator(doors);
  const app = await buildHttp(doors, { actions, version: 'bench', deskDir: '/nonexistent', publicDir: '/nonexistent', log: () => {} });
  const ask = async (path: string) => {
    const { statusCode, body } = await app.inject({ url: path, headers: { authorization: `Bearer ${token}` } });
    if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${body.slice(0, 200)}`);
    return body.length;
  };
  const make = (suppliers: number, messages: number) =>
    doors.db.transaction(house.reads, (tx) => crowdedCase(tx, suppliers, messages, doors.clock.now()));
  const [crowded, plain] = [await make(121, 1000), await make(1, 10)];
  const asked = (id: string) => ({
    'the case': [`/api/cases/${id}`],
    'its participants': [`/api/cases/${id}/participants`],
    'its statements': [`/api/cases/${id}/statements`],
    'who knows': [`/api/cases/${id}/knowers`],
    'the case’s page, all at once': ['', '/statements', '/knowers', '/advisory'].map((more) => `/api/cases/${id}${more}`),
  });
  const [ofCrowded, ofPlain] = [asked(crowded.id), asked(plain.id)];
  for (const what of Object.keys(ofCrowded) as (keyof typeof ofCrowded)[]) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    let chars = 0;
    for (let i = -5; i < rounds; i++)
      for (const [paths, tookMs] of [
        [ofCrowded[what], ours],
        [ofPlain[what], theirs],
      ] as const) {
        const startedAt = performance.now();
        const sizes = await Promise.all(paths.map(ask));
        if (i >= 0) tookMs.push(performance.now() - startedAt);
        if (tookMs === ours) chars = sizes.reduce((a, b) => a + b);
      }
    const at = (of: number[], share: number) => of.sort((a, b) => a - b)[Math.floor(of.length * share) - 1]!;
    const [p50, p95] = [at(ours, 0.5), at(ours, 0.95)];
    const ratio = `${(p50 / at(theirs, 0.5)).toFixed(1)}× a case of 1 and 10`;
    print(
      `case of 121 suppliers, 1,000 messages, ${what}: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, ${Math.round(chars / 1024)} KiB; ${ratio}\n`,
    );
  }
  await app.close();
}

async function coordinator(doors: Doors): Promise<{ token: string }> {
  const now = doors.clock.now();
  const [orgId, id] = [makeId('org', 0, randomBytes(10)), makeId('psn', 0, randomBytes(10))];
  const actor = (await doors.db.transaction(house.reads, async (tx) => {
    await insertOrg(tx, { id: orgId, name: 'Bench Desk', roles: ['coordinator'], createdAt: now });
    await insertPerson(tx, { id, orgId, name: 'bench', email: 'bench@example.org', createdAt: now });
    return actorById(tx, id, ['*'], now);
  })) as Actor;
  const given = { holderId: id, scopes: ['*'], expiresAt: new Date(Date.parse(now) + 3_600_000).toISOString() };
  const { secret } = insist(await act(doors, issueToken, { who: { actor }, input: given })) as { secret: string };
  return { token: secret };
}
