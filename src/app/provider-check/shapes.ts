import { z } from 'zod';

/** What the walk needs of a provider's files, and what CSAF 2.0 and 2.1 demand of them. */
const url = z.url();
const instant = z.string().regex(/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/);
const jsonUrl = url.regex(/\.json$/);
const label = z.enum(['UNLABELED', 'WHITE', 'CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']);
const rolieOf = z.object({
  categories: z.array(jsonUrl).min(1).optional(),
  feeds: z.array(z.object({ summary: z.string().optional(), tlp_label: label, url: jsonUrl, last_updated: instant.optional() })).min(1),
  services: z.array(jsonUrl).min(1).optional(),
});
const distribution = z
  .object({
    directory_url: url.optional(),
    directory: z.object({ tlp_label: label, url }).optional(),
    rolie: rolieOf.optional(),
  })
  .refine((d) => Object.keys(d).length > 0, 'says nothing');

export const metadataShape = z.object({
  canonical_url: url.regex(/\/provider-metadata\.json$/),
  distributions: z.array(distribution).min(1).optional(),
  last_updated: instant,
  list_on_CSAF_aggregators: z.boolean(),
  mirror_on_CSAF_aggregators: z.boolean(),
  metadata_version: z.enum(['2.0', '2.1']),
  public_openpgp_keys: z
    .array(
      z.object({
        fingerprint: z
          .string()
          .regex(/^[0-9a-fA-F]{40,}$/)
          .optional(),
        url,
      }),
    )
    .optional(),
  publisher: z.object({
    category: z.enum(['coordinator', 'discoverer', 'multiplier', 'other', 'translator', 'user', 'vendor']),
    name: z.string().min(1),
    namespace: url,
    contact_details: z.string().optional(),
    issuing_authority: z.string().optional(),
  }),
  role: z.enum(['csaf_publisher', 'csaf_provider', 'csaf_trusted_provider']),
});
export type Metadata = z.infer<typeof metadataShape>;

const link = z.object({ rel: z.string(), href: z.string() });
const category = z.object({ scheme: z.string().optional(), term: z.string() });
export const feedShape = z.object({
  feed: z.object({
    id: z.string(),
    title: z.string(),
    link: z.array(link),
    category: z.array(category),
    updated: instant,
    entry: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        link: z.array(link),
        published: instant,
        updated: instant,
        content: z.object({ type: z.literal('application/json'), src: z.string() }),
      }),
    ),
  }),
});
export type Feed = z.infer<typeof feedShape>['feed'];
const collection = z.object({ title: z.string(), href: z.string(), categories: z.object({ category: z.array(category) }).optional() });
export const serviceShape = z.object({
  service: z.object({ workspace: z.array(z.object({ title: z.string(), collection: z.array(collection).min(1) })).min(1) }),
});
export const categoryShape = z.object({ categories: z.object({ category: z.array(category).min(1) }) });
/** What of a document the requirements speak of; whether the document is valid is asked of the CSAF rules. */
export const documentShape = z.object({
  document: z.object({
    distribution: z.object({ tlp: z.object({ label }).optional() }).optional(),
    tracking: z.object({ id: z.string(), initial_release_date: z.string(), current_release_date: z.string() }),
  }),
});

/** The JSON of a text in this shape, or why it is none. */
export function shaped<T>(shape: z.ZodType<T>, text: string): { value: T } | { because: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { because: 'is no JSON' };
  }
  const parsed = shape.safeParse(value);
  const issue = parsed.error?.issues[0];
  return parsed.success ? { value: parsed.data } : { because: `/${issue?.path.join('/')}: ${issue?.message}` };
}
