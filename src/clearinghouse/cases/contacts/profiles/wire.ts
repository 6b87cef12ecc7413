import { z } from 'zod';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText, wireVerbatim } from '../../../../base/wire.ts';
import { channels, fileKinds } from '../suggestions/suggestion.ts';
import { aiStances, type Profile, type Recognition, reportForms, type Sourced, speakers, venues } from './profile.ts';

const purl = wireText(limits.purlBytes);
const url = z.url({ protocol: /^https?$/ }).max(limits.referenceBytes);
const language = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language tag like de or pt-BR');

export const lookUpInput = z.object({
  files: z
    .array(
      z.object({
        name: wireName,
        /** What it is; told from its name where it is left out. */
        kind: z.enum(fileKinds).optional(),
        text: wireVerbatim(limits.lookUpFileChars),
        /** Where it was read. */
        url: url.optional(),
      }),
    )
    .min(1)
    .max(limits.lookUpFiles),
});
const suggestionOut = z.object({
  channel: z.enum(channels),
  value: z.string(),
  attempt: z.number(),
  file: z.string(),
  line: z.number().nullable(),
  because: z.string(),
  doubts: z.array(z.string()),
});
export const lookUpOut = z.object({
  suggestions: z.array(suggestionOut),
  hints: z.array(z.object({ about: z.string(), file: z.string(), line: z.number().nullable(), text: z.string() })),
  /** Files that could not be read as what they are called. */
  unread: z.array(z.string()),
});

export const recogniseInput = z.object({ package: purl, orgId: wireId('org'), because: wireText(limits.textChars) });
export const byPackage = z.object({ package: purl });
export const byCase = z.object({ id: wireId('cas') });
export const nothing = z.object({});
export const endInput = z.object({ package: purl, because: wireText(limits.textChars) });
export const profileInput = z.object({
  package: purl,
  aiReports: z.enum(aiStances).nullable().default(null),
  aiConditions: wireText(limits.textChars).nullable().default(null),
  venue: z.enum(venues).nullable().default(null),
  form: z.enum(reportForms).nullable().default(null),
  address: wireName.nullable().default(null),
  languages: z.array(language).min(1).max(limits.languagesPerProfile).nullable().default(null),
  weekly: z.int().min(1).max(limits.reportsPerWeek).nullable().default(null),
  severityScale: wireName.nullable().default(null),
  who: wireName.nullable().default(null),
  /** Where it was read and when: a coordinator says so, a maintainer speaks for itself. */
  sourceUrl: url.optional(),
  readAt: wireInstant.optional(),
});

const sourced = <T extends z.ZodType>(value: T) =>
  z.object({ value, by: z.enum(speakers), url: z.string().nullable(), at: wireInstant }).optional();
export const spokenOut = z.object({
  package: z.string(),
  /** The organisation that speaks for it here, if one does. */
  maintainerOrgId: wireId('org').nullable(),
  aiReports: sourced(z.enum(aiStances)),
  aiConditions: sourced(z.string()),
  venue: sourced(z.enum(venues)),
  form: sourced(z.enum(reportForms)),
  address: sourced(z.string()),
  languages: sourced(z.array(z.string())),
  weekly: sourced(z.number()),
  severityScale: sourced(z.string()),
  who: sourced(z.string()),
});
export const recognitionOut = z.object({ package: z.string(), orgId: wireId('org'), because: z.string(), recognisedAt: wireInstant });
export const projectsOut = z.object({ items: z.array(recognitionOut) });
export const keptOut = z.object({ package: z.string(), saidBy: z.enum(speakers), readAt: wireInstant });

export interface Spoken {
  readonly package: string;
  readonly maintainerOrgId: Recognition['orgId'] | null;
  readonly said: Sourced;
}

export function present({ said, ...of }: Spoken): z.input<typeof spokenOut> {
  const { languages, ...rest } = said;
  return { ...of, ...rest, ...(languages ? { languages: { ...languages, value: [...languages.value] } } : {}) };
}

export function presentRecognition({ package: name, orgId, because, recognisedAt }: Recognition): z.input<typeof recognitionOut> {
  return { package: name, orgId, because, recognisedAt };
}

export function presentKept({ package: name, saidBy, readAt }: Profile): z.input<typeof keptOut> {
  return { package: name, saidBy, readAt };
}
