import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { action, done, type Happening } from '../../../trust/action.ts';
import type { Vulnerability } from '../../duplicates/duplicate.ts';
import { vulnerabilityById } from '../../duplicates/store.ts';
import { type Case, type Coordinated, ledgerLabel } from '../case.ts';
import { placeOf } from '../participants/coordinating.ts';
import { caseById } from '../store.ts';
import { asAdded, openCase, recount } from './opening.ts';
import * as wire from './wire.ts';

export const addVulnerability = action({
  name: 'cases.addVulnerability',
  at: 'POST /api/cases/:id/vulnerabilities',
  summary: 'Coordinate another vulnerability in the same case; it may have a case of its own as well. Its finders are let in.',
  by: ['coordinator'],
  input: wire.addInput,
  output: wire.changedOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state !== 'open') return refuse('wrong_state', `the case is ${of.state}`);
    const place = await placeOf(ctx, of);
    if (isRefusal(place)) return place;
    const vulnerability = await vulnerabilityById(ctx.tx, input.vulnerabilityId);
    if (!vulnerability) return refuse('not_found', 'no such vulnerability', '/vulnerabilityId');
    if (of.vulnerabilities.some((v) => v.id === vulnerability.id))
      return refuse('conflict', 'the case coordinates it already', '/vulnerabilityId');
    if (of.vulnerabilities.length >= limits.vulnerabilitiesPerCase)
      return refuse('too_many', `a case coordinates at most ${limits.vulnerabilitiesPerCase} vulnerabilities`);
    const vulnerabilities: Case['vulnerabilities'] = [...of.vulnerabilities, asAdded(ctx, vulnerability)];
    const counted = await recount(ctx, { ...of, vulnerabilities }, vulnerability);
    return changed(of, vulnerabilities, 'case.vulnerability-added', input, counted);
  },
});

export const dropVulnerability = action({
  name: 'cases.dropVulnerability',
  at: 'POST /api/cases/:id/vulnerabilities/drop',
  summary: 'Coordinate a vulnerability in this case no longer; whoever found only that one is let out.',
  by: ['coordinator'],
  input: wire.dropInput,
  output: wire.changedOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (of.state !== 'open') return refuse('wrong_state', `the case is ${of.state}`);
    const place = await placeOf(ctx, of);
    if (isRefusal(place)) return place;
    const [first, ...rest] = of.vulnerabilities.filter((v) => v.id !== input.vulnerabilityId);
    if (!first) return refuse('wrong_state', 'a case without a vulnerability is closed, with its outcome', '/vulnerabilityId');
    if (rest.length + 1 === of.vulnerabilities.length) return refuse('not_found', 'the case does not coordinate it', '/vulnerabilityId');
    const left = await vulnerabilityById(ctx.tx, first.id);
    if (!left) return refuse('not_found', 'no such vulnerability', '/vulnerabilityId');
    const vulnerabilities: Case['vulnerabilities'] = [first, ...rest];
    const counted = await recount(ctx, { ...of, vulnerabilities }, left);
    return changed(of, vulnerabilities, 'case.vulnerability-dropped', input, counted);
  },
});

export const openAnother = action({
  name: 'cases.openAnother',
  at: 'POST /api/vulnerabilities/:vulnerabilityId/cases',
  summary: 'Open another case of a vulnerability that has one: with other suppliers, or coordinated by somebody else.',
  by: ['coordinator'],
  input: wire.openInput,
  output: wire.openOut,
  on: (ctx, input) => vulnerabilityById(ctx.tx, input.vulnerabilityId),
  async run(ctx, input, vulnerability: Vulnerability) {
    if (vulnerability.members.length === 0) return refuse('wrong_state', 'its findings are counted in another vulnerability');
    const opened = await openCase(ctx, vulnerability);
    if (isRefusal(opened)) return opened;
    const place = await placeOf(ctx, opened.of);
    if (isRefusal(place)) return place;
    return done({ id: opened.of.id }, ...opened.events, event(opened.of, 'case.opened-again', { because: input.because }));
  },
});

function changed(
  of: Case,
  vulnerabilities: readonly Coordinated[],
  name: Happening['event'],
  { vulnerabilityId, because }: { readonly vulnerabilityId: string; readonly because: string },
  counted: readonly Happening[],
) {
  const ids = vulnerabilities.map((v) => v.id);
  return done({ id: of.id, vulnerabilityIds: ids }, event(of, name, { vulnerabilityId, because }), ...counted);
}

function event(of: Case, name: Happening['event'], payload: unknown): Happening {
  return { event: name, thing: of.id, label: ledgerLabel(of), payload };
}

export const vulnerabilityActions = [addVulnerability, dropVulnerability, openAnother];
