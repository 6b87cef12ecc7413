import { expect, test } from 'vitest';
import type { z } from 'zod';
import { limits } from '../../src/base/limits.ts';
import * as cra from '../../src/clearinghouse/cases/clocks/cra/wire.ts';
import * as profiles from '../../src/clearinghouse/cases/contacts/profiles/wire.ts';
import * as records from '../../src/clearinghouse/cases/contacts/records/wire.ts';
import * as policies from '../../src/clearinghouse/cases/embargoes/policies/wire.ts';
import * as pacing from '../../src/clearinghouse/cases/pacing/wire.ts';
import * as participants from '../../src/clearinghouse/cases/participants/wire.ts';
import * as claims from '../../src/clearinghouse/claims/wire.ts';
import * as imports from '../../src/clearinghouse/findings/imports/wire.ts';
import * as findings from '../../src/clearinghouse/findings/wire.ts';
import * as priorities from '../../src/clearinghouse/priorities/wire.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/wire.ts';
import * as scans from '../../src/clearinghouse/scans/wire.ts';
import * as plans from '../../src/reviews/plans/wire.ts';
import * as runs from '../../src/reviews/runs/wire.ts';
import * as submissions from '../../src/reviews/submissions/wire.ts';
import * as suites from '../../src/reviews/suites/wire.ts';
import * as log from '../../src/trust/log/wire.ts';
import * as orgs from '../../src/trust/orgs/wire.ts';
import { sourceFiles } from './tree.ts';

const many = <T>(n: number, of: T) => Array.from({ length: n }, () => of);
const text = (n: number) => 'a'.repeat(n);
const url = (n: number) => `https://a.example/${text(n - 'https://a.example/'.length)}`;
const base64 = (n: number) => Buffer.alloc(n).toString('base64');
const task = (over: object) => [
  { id: 't', recipeId: 'r', skill: 'find', prompt: 'p', disclosedAt: '2026-01-01T00:00:00Z', canary: 'canary-0123456789', ...over },
];
const priced = (n: number) => ({ input: n, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 });
const harnessed = (command: string[], lock = 'l') => ({
  name: 'harness',
  harness: { command, files: { kind: 'npm', package: 'p', version: '1', lock } },
});
const rows: readonly [name: string, limit: number, schema: z.ZodType, field: string, make: (n: number) => unknown][] = [
  ['a claim\u2019s purl', limits.purlBytes, claims.declareInput, 'purl', text],
  ['a claim\u2019s paths', limits.claimPaths, claims.declareInput, 'paths', (n) => many(n, 'src')],
  ['a path of a claim', limits.pathChars, claims.declareInput, 'paths', (n) => [text(n)]],
  ['a scan\u2019s paths', limits.scanPaths, scans.recordInput, 'paths', (n) => many(n, 'src')],
  ['a path of a scan', limits.pathChars, scans.recordInput, 'paths', (n) => [text(n)]],
  ['a scan\u2019s results', limits.scanResults, scans.recordInput, 'results', (n) => n],
  ['an authorisation', limits.textChars, scans.recordInput, 'authorisation', text],
  [
    'the media type of a part',
    limits.nameChars,
    findings.submitTapInput,
    'parts',
    (n) => [{ name: 'raw', contentType: text(n), data: 'YQ==' }],
  ],
  ['an entry of an upload', limits.bulkEntries, imports.bulkEntryInput, 'entry', (n) => n],
  ['a CVSS vector', limits.cvssVectorChars, priorities.assessInput, 'cvssVector', text],
  ['a file that a release brings', limits.artefactBytes, artefacts.attachInput, 'data', base64],
  ['why an unverified patch goes out', limits.becauseChars, artefacts.attachInput, 'reason', text],
  ['files of a look-up', limits.lookUpFiles, profiles.lookUpInput, 'files', (n) => many(n, { name: 'security.txt', text: '' })],
  ['a file of a look-up', limits.lookUpFileChars, profiles.lookUpInput, 'files', (n) => [{ name: 'security.txt', text: text(n) }]],
  ['languages of a project', limits.languagesPerProfile, profiles.profileInput, 'languages', (n) => many(n, 'en')],
  ['what ends a fork', limits.sunsetTriggers, records.lastResortInput, 'sunset', (n) => many(n, 'a steward')],
  ['reports a week, as read', limits.reportsPerWeek, profiles.profileInput, 'weekly', (n) => n],
  ['reports a week, as asked', limits.reportsPerWeek, pacing.paceInput, 'weekly', (n) => n],
  ['where a policy was read', limits.referenceBytes, policies.policyInput, 'url', url],
  ['Member States of a product', limits.memberStates, cra.tellInput, 'memberStates', (n) => many(n, 'BE')],
  [
    'packages of a supplier',
    limits.packagesPerParticipant,
    participants.addSuppliersInput,
    'suppliers',
    (n) => [{ name: 'x', packages: many(n, 'pkg:npm/a') }],
  ],
  ['suppliers at once', limits.participantsPerCase, participants.addSuppliersInput, 'suppliers', (n) => many(n, { name: 'x' })],
  ['hidden PoCs of a task', limits.taskHiddenPocs, suites.publishInput, 'tasks', (n) => task({ hidden: { pocs: many(n, 'poc') } })],
  [
    'reasons of a quarantine',
    limits.gateReasons,
    suites.checkedInput,
    'checked',
    (n) => [{ taskId: 't', taskDigest: '0'.repeat(64), state: 'quarantined', because: many(n, 'why') }],
  ],
  ['minutes of a task', limits.taskMinutes, suites.publishInput, 'tasks', (minutes) => task({ limits: { turns: 1, tokens: 1, minutes } })],
  ['a person\u2019s minutes', limits.taskHumanMinutes, suites.publishInput, 'tasks', (humanMinutes) => task({ humanMinutes })],
  ['turns of a budget', limits.planTurns, plans.freezeInput, 'budgets', (turns) => [{ turns, tokens: 1 }]],
  ['tokens of a budget', limits.planTokens, plans.freezeInput, 'budgets', (tokens) => [{ turns: 1, tokens }]],
  ['money of a budget', limits.planMoney, plans.freezeInput, 'budgets', (money) => [{ turns: 1, tokens: 1, money }]],
  ['minutes of a budget', limits.planMinutes, plans.freezeInput, 'budgets', (minutes) => [{ turns: 1, tokens: 1, minutes }]],
  ['words of a harness', limits.harnessWords, plans.freezeInput, 'solver', (n) => harnessed(many(n, 'a'))],
  ['a word of a harness', limits.harnessWordChars, plans.freezeInput, 'solver', (n) => harnessed([text(n)])],
  ['the lock of a harness', limits.harnessLockChars, plans.freezeInput, 'solver', (n) => harnessed(['a'], text(n))],
  ['a price', limits.pricePerMillion, plans.freezeInput, 'prices', (n) => ({ currency: 'USD', perMillion: priced(n) })],
  ['where in a journal', limits.runEntries, runs.recordInput, 'from', (n) => n],
  ['an entry of a journal', limits.runEntryChars, runs.recordInput, 'entries', (n) => [text(n)]],
  ['entries of a journal at once', limits.runEntriesAtOnce, runs.recordInput, 'entries', (n) => many(n, '{}')],
  ['an endpoint', limits.endpointUrlChars, submissions.offerInput, 'endpoint', (n) => ({ url: url(n), model: 'm' })],
  ['entries at once', limits.logExportRows, log.exportInput, 'limit', (n) => n],
  ['a secret', limits.secretChars, orgs.enterInput, 'secret', text],
  ['a founding secret', limits.secretChars, orgs.foundInput, 'secret', text],
  ['scopes of a token', limits.scopesPerCredential, orgs.issueTokenInput, 'scopes', (n) => many(n, '*')],
];

test.each(rows)('%s: the limit is taken, one above is not', (_, limit, schema, field, make) => {
  // Other fields are missing, and complained of; only this one is looked at.
  const complaints = (n: number) => (schema.safeParse({ [field]: make(n) }).error?.issues ?? []).filter((issue) => issue.path[0] === field);
  expect(complaints(limit)).toEqual([]);
  expect(complaints(limit + 1)).not.toEqual([]);
});

test('what a station takes from outside is bounded by name', () => {
  const wires = sourceFiles('src').filter((f) => /^src\/(clearinghouse|reviews|trust)\/.*\/wire\.ts$/.test(f.path));
  expect(wires.length).toBeGreaterThan(20);
  // Short ones are the length of an id, a digest or a code, not limits of ours.
  const bounds = wires.flatMap((f) => [...f.code.matchAll(/\.max\(([\d_][\d_* ]*)\)/g)].map((m) => [f.path, m[1]!] as const));
  const isLimit = (bound: string) => /\*/.test(bound) || Number(bound.replaceAll('_', '')) > 64;
  expect(bounds.filter(([, bound]) => isLimit(bound)).map(([path, bound]) => `${path}: ${bound}`)).toEqual([]);
});
