import { canonical } from '../../../base/canonical.ts';
import { definitions } from './metric.ts';
import type { Quarter } from './store.ts';
import { presentDefinition } from './wire.ts';

/** The file of the public tree: what each public metric counts, and every quarter as it was made public, oldest first. */
export function metricsFile(quarters: readonly Quarter[]): string {
  const defined = definitions.filter((definition) => definition.cuts.includes('public')).map(presentDefinition);
  const shown = quarters.map(({ quarter, publishedAt, cells }) => ({ quarter, publishedAt, cells }));
  return `${canonical({ definitions: defined, quarters: shown })}\n`;
}
