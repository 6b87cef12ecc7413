import type { Refusal } from '../../../base/refusal.ts';
import type { Source } from '../source.ts';
import { readCsaf, writeCsaf } from './csaf/csaf.ts';
import { losses20, losses21 } from './csaf/losses.ts';
import { lossesCve } from './cve/losses.ts';
import { readCve } from './cve/read.ts';
import { writeCve } from './cve/write.ts';
import type { Loss } from './loss.ts';
import { lossesOpenVex } from './openvex/losses.ts';
import { readOpenVex } from './openvex/read.ts';
import { writeOpenVex } from './openvex/write.ts';
import { lossesOsv } from './osv/losses.ts';
import { readOsv } from './osv/read.ts';
import { writeOsv } from './osv/write.ts';
import { writeHtml } from './people/html.ts';
import { writeText } from './people/text.ts';

interface Format {
  /** A JSON document, or a text. */
  readonly write: (source: Source) => unknown;
  /** null for what people read and no program does. */
  readonly read: ((document: unknown) => Source | Refusal) | null;
  readonly losses: readonly Loss[];
}

/** Every format that an advisory is written in; one line each. */
export const formats = {
  csaf20: { write: (source) => writeCsaf(source, '2.0'), read: readCsaf, losses: losses20 },
  csaf21: { write: (source) => writeCsaf(source, '2.1'), read: readCsaf, losses: losses21 },
  osv: { write: writeOsv, read: readOsv, losses: lossesOsv },
  openvex: { write: (source) => writeOpenVex(source), read: readOpenVex, losses: lossesOpenVex },
  html: { write: writeHtml, read: null, losses: [] },
  text: { write: writeText, read: null, losses: [] },
  cve: { write: (source) => writeCve(source), read: readCve, losses: lossesCve },
} as const satisfies Readonly<Record<string, Format>>;
