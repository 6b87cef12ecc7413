import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { documentFormats } from '../advisories/documents.ts';
import type { FurtherFlaw } from '../advisories/text.ts';
import type { Document, Release } from './release.ts';

export const scheduleInput = z.object({ advisoryId: wireId('adv'), goLiveAt: wireInstant });
export const byId = z.object({ id: wireId('rel') });
/** Of which flaw, where the format has a record of each. */
const partIn = z.coerce.number().int().min(1).max(limits.vulnerabilitiesPerCase);
export const documentInput = z.object({ id: wireId('rel'), format: z.enum(documentFormats), part: partIn.default(1) });
export const byAdvisory = z.object({ advisoryId: wireId('adv') });
export const page = wirePage;
export const feedInput = z.object({
  /** The last `seq` that you have. */
  after: z.coerce.number().int().min(0).default(0),
  /** Fewer come where they are large: `size` says whether there are more. */
  limit: z.coerce.number().int().min(1).max(limits.feedRows).default(limits.pageRows),
});
export const nothing = z.object({});

const range = z.object({ package: z.string(), introduced: z.string().nullable(), fixed: z.string().nullable() });

const ended = z.object({ because: z.string() });
const flawOut = z.object({
  ...{ number: z.number(), title: z.string(), summary: z.string(), cve: z.string().nullable(), severity: z.string().nullable() },
  ...{ affected: z.array(range), credits: z.array(z.object({ name: z.string(), at: wireInstant })) },
  takenBack: ended.optional(),
});

/** What comes with publication is left out before. */
export const releaseOut = z.object({
  id: wireId('rel'),
  advisoryId: wireId('adv'),
  caseId: wireId('cas'),
  package: z.string(),
  goLiveAt: wireInstant,
  state: z.enum(['scheduled', 'published', 'held', 'unscheduled']),
  because: z.string().nullable().optional(),
  seq: z.number().optional(),
  trackingId: z.string().optional(),
  version: z.number().optional(),
  title: z.string().optional(),
  summary: z.string().optional(),
  cve: z.string().nullish(),
  severity: z.string().nullish(),
  affected: z.array(range).optional(),
  /** The other flaws that it speaks of. */
  further: z.array(flawOut).optional(),
  credits: z.array(z.object({ name: z.string(), at: wireInstant })).optional(),
  /** Taken back: all of it, or the first of several flaws by itself. */
  withdrawn: ended.optional(),
  takenBack: ended.optional(),
  publishedAt: wireInstant.optional(),
});
export const listOut = z.object({ items: z.array(releaseOut) });
export const publishOut = z.object({ published: z.number(), held: z.number() });

export const checkpointOut = z.object({ note: z.string(), key: z.string(), size: z.number() });
const feedItem = z.object({
  seq: z.number(),
  release: z.string(),
  id: z.string(),
  version: z.number(),
  title: z.string(),
  packages: z.array(z.string()),
  publishedAt: wireInstant,
  documents: z.array(z.object({ format: z.string(), path: z.string(), sha256: z.string() })),
  artefacts: z
    .array(
      z.object({
        id: z.string(),
        kind: z.string(),
        path: z.string(),
        sha256: z.string(),
        statement: z.object({ path: z.string(), sha256: z.string() }),
        /** Opens what was staged of it. */
        identity: z.string().optional(),
      }),
    )
    .optional(),
  entry: z.string(),
  proof: z.array(z.string()),
});
export const feedOut = z.object({ items: z.array(feedItem), checkpoint: z.string(), key: z.string(), size: z.number() });
export const documentOut = z.object({
  format: z.enum(documentFormats),
  part: z.number(),
  path: z.string(),
  sha256: z.string(),
  text: z.string(),
});

export function present(release: Release, _viewer: Actor): z.input<typeof releaseOut> {
  const { id, advisoryId, caseId, package: name, goLiveAt, state, because, publication } = release;
  const plan = { id, advisoryId, caseId, package: name, goLiveAt, state };
  if (!publication) return { ...plan, because };
  const { bulletin, seq, at } = publication;
  const { title, summary, cve, cvss, affected, credits, further, withdrawn, takenBack } = bulletin.text;
  return {
    ...plan,
    seq,
    trackingId: bulletin.trackingId,
    version: bulletin.versions.length,
    title,
    summary,
    cve,
    severity: cvss?.severity ?? null,
    affected: affected.map((r) => ({ ...r })),
    credits: [...credits],
    ...(further ? { further: further.map(presentFlaw) } : {}),
    ...(withdrawn ? { withdrawn } : {}),
    ...(takenBack ? { takenBack } : {}),
    publishedAt: at,
  };
}

function presentFlaw({ number, title, summary, cve, cvss, affected, credits, takenBack }: FurtherFlaw): z.input<typeof flawOut> {
  const ranges = affected.map((r) => ({ ...r }));
  return {
    number,
    title,
    summary,
    cve,
    severity: cvss?.severity ?? null,
    affected: ranges,
    credits: [...credits],
    ...(takenBack ? { takenBack } : {}),
  };
}

export function presentDocument(document: Document, _viewer: Actor): z.input<typeof documentOut> {
  const { format, part, paths, sha256, text } = document;
  return { format, part, path: paths[0] ?? '', sha256, text };
}
