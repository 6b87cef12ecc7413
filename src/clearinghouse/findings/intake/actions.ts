import { sha256 } from '../../../base/canonical.ts';
import { label } from '../../../base/label.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import type { Role } from '../../../trust/orgs/org.ts';
import { packageOf } from '../../inventories/package-name.ts';
import { canonicalPurl } from '../../inventories/purl.ts';
import { type Attachment, type GivenFile, isPoc, sealNames } from '../attachment.ts';
import { commitmentOf, contentDigest } from '../commitment.ts';
import { type Draft, type Finding, missingOf, type OneOfSix, receiptOf } from '../finding.ts';
import { readSarif } from '../formats/sarif.ts';
import { readTap } from '../formats/tap.ts';
import * as store from '../store.ts';
import * as wire from '../wire.ts';

export const submitters: readonly Role[] = ['finder', 'coordinator', 'maintainer', 'operator'];

export const submit = action({
  name: 'findings.submit',
  at: 'POST /api/findings',
  summary: 'Hand in a finding; the receipt comes at once.',
  by: submitters,
  input: wire.submitInput,
  output: wire.submitOut,
  async run(ctx, input) {
    const draft = wire.draftOf(input);
    if (isRefusal(draft)) return draft;
    const [received] = await receive(ctx, [draft]);
    return done(received!, happened(received!));
  },
  present: ({ finding, missing }) => wire.presentReceived(finding, missing),
});

export const submitTap = action({
  name: 'findings.submitTap',
  at: 'POST /api/findings/tap',
  summary: 'Hand in a finding as a TAP v1 report.',
  by: submitters,
  input: wire.submitTapInput,
  output: wire.submitTapOut,
  async run(ctx, input) {
    const reading = readTap(
      input.report,
      input.parts?.map(({ data, ...part }) => ({ ...part, bytes: Buffer.from(data, 'base64') })),
    );
    if (reading.kind === 'malformed') return refuse('malformed', reading.detail, '/report');
    if (reading.kind === 'violations') {
      const { code, field, reason } = reading.violations[0]!;
      return refuse('malformed', `${code}: ${reason}`, `/report/${field}`);
    }
    const [received] = await receive(ctx, [reading.draft]);
    return done({ ...received!, warnings: reading.warnings }, happened(received!));
  },
  present: ({ finding, missing, warnings }) => ({ ...wire.presentReceived(finding, missing), warnings }),
});

export const submitSarif = action({
  name: 'findings.submitSarif',
  at: 'POST /api/findings/sarif',
  summary: 'Hand in a SARIF 2.1.0 log: one finding a result.',
  by: submitters,
  input: wire.submitSarifInput,
  output: wire.submitSarifOut,
  async run(ctx, input) {
    const purl = canonicalPurl(input.purl);
    if (isRefusal(purl)) return { ...purl, at: '/purl' };
    const read = readSarif(input.sarif, purl);
    if (isRefusal(read)) return { ...read, at: `/sarif${read.at ?? ''}` };
    const { drafts, skipped } = read;
    if (input.attachments.length > 0 && drafts.length !== 1)
      return refuse('malformed', `the log tells of ${drafts.length} findings; send each with its own files`, '/attachments');
    const received = await receive(
      ctx,
      drafts.map((draft) => ({ ...draft, attachments: wire.filesOf(input.attachments) })),
    );
    return done({ received, skipped }, ...received.map(happened));
  },
  present: ({ received, skipped }) => ({ items: received.map(({ finding, missing }) => wire.presentReceived(finding, missing)), skipped }),
});

export const takeIn = action({
  name: 'findings.takeIn',
  at: 'POST /api/findings/take-in',
  summary: 'Take in what a person of a measuring body handed on; from here on it is a finding like any other.',
  by: ['coordinator'],
  internal: true,
  input: wire.takeInInput,
  output: wire.submitOut,
  async run(ctx, { findingId: id, orgId, reporterId, receivedAt, handedInId, handedInSha256, ...input }) {
    const bytes = await ctx.doors.blobs.get(handedInId);
    if (isRefusal(bytes)) return bytes;
    if (sha256(bytes) !== handedInSha256) return refuse('untrusted', 'the input is not the one that was handed on');
    const draft = wire.draftOf({ ...input, format: 'plain', attachments: [] });
    if (isRefusal(draft)) return draft;
    const [received] = await receive(ctx, [{ ...draft, attachments: [pocOf(bytes)] }], { id, orgId, reporterId, receivedAt });
    return done(received!, happened(received!));
  },
  present: ({ finding, missing }) => wire.presentReceived(finding, missing),
});

function pocOf(bytes: Uint8Array): GivenFile {
  return { filename: 'poc', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', description: null, bytes };
}

export interface Received {
  readonly finding: Finding;
  readonly missing: readonly OneOfSix[];
}

/** What is settled already of a finding that was sealed, or that corrects another; of one draft only. */
type Known = Partial<Pick<Finding, 'id' | 'orgId' | 'reporterId' | 'receipt' | 'receivedAt' | 'commitmentSalt' | 'correctsId'>>;

/** The one way in, whatever the format. */
export async function receive(ctx: Ctx, drafts: readonly Draft[], known: Known = {}): Promise<Received[]> {
  const received: Received[] = [];
  for (const draft of drafts) {
    const content = contentDigest(draft);
    const orgId = known.orgId ?? (ctx.actor.orgId as Finding['orgId']);
    const receivedAt = known.receivedAt ?? ctx.now;
    const commitmentSalt = known.commitmentSalt ?? Buffer.from(ctx.doors.chance(32)).toString('hex');
    const finding: Finding = {
      ...draft,
      id: known.id ?? ctx.id('fnd'),
      orgId,
      reporterId: known.reporterId ?? ctx.actor.id,
      receipt: known.receipt ?? receiptOf(ctx.doors.chance(12)),
      package: packageOf(draft.purl),
      attachments: await sealFiles(ctx, draft.attachments),
      rung: 'claimed',
      state: 'received',
      stateBecause: null,
      stateAt: ctx.now,
      verdict: null,
      validationId: null,
      crashState: null,
      recipeId: null,
      commitment: commitmentOf(commitmentSalt, content),
      commitmentSalt,
      contentDigest: content,
      ...{ revealedAt: null, correctsId: known.correctsId ?? null, correctedById: null },
      label: label('RED', orgId),
      receivedAt,
    };
    received.push({ finding, missing: missingOf(draft) });
  }
  await store.insertFindings(
    ctx.tx,
    received.map((r) => r.finding),
  );
  return received;
}

/** Before the row that names them: a row must never name a blob that a crash kept from being written. */
async function sealFiles(ctx: Ctx, files: readonly GivenFile[]): Promise<Attachment[]> {
  return Promise.all(
    files.map(async ({ bytes, filename, description, ...about }) => {
      const id = ctx.id('blb');
      await ctx.doors.blobs.put(id, bytes, ctx.tx);
      const names = sealNames(ctx.doors.keys.secret('names'), id, { filename, description }, ctx.doors.chance(12));
      return { id, names, ...about, sha256: sha256(bytes), bytes: bytes.length };
    }),
  );
}

export function happened({ finding }: Received): Happening {
  const { purl, commitment } = finding;
  const payload = { package: finding.package, purl, hasPoc: finding.attachments.some(isPoc), commitment };
  return { event: 'finding.received', thing: finding.id, label: finding.label, payload };
}

export const intakeActions = [submit, submitTap, submitSarif, takeIn];
