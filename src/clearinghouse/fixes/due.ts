import { day, type Instant, plusMs } from '../../base/instant.ts';
import type { Ssvc } from '../advisories/text.ts';

/** By when, and why so; `at` is null when nothing says so. */
export interface Due {
  readonly at: Instant | null;
  readonly because: string;
}

/**
 * CISA BOD 26-04 remediation timelines, SSVC `cisa:DT_BOD2604:1.0.0` (https://github.com/CERTCC/SSVC, data/json/decision_tables/cisa),
 * re-expressed: one line per exploited and automatable; days for an asset reachable from public networks and for one that is not,
 * first at partial then at total technical impact. 0 = at the next upgrade. F = and look whether somebody was there already.
 */
const rows: Record<string, readonly [open: string, closed: string]> = {
  'no no': ['60 14', '0 0'],
  'no yes': ['14 3', '60 60'],
  'yes no': ['14 3F', '14 14'],
  'yes yes': ['3 3F', '14 3F'],
};

/**
 * Counted from when it was known to the operator. Whether KEV lists it, the hub does not know: an assessment of active exploitation stands for it.
 * Whether an asset can be reached, only its operator knows: the shorter time is the date, the other one is said.
 */
export function decideDue(ssvc: Ssvc | null, exposedAt: Instant): Due {
  const { exploitation, automatable, technicalImpact } = ssvc?.points ?? {};
  const row = rows[`${exploitation === 'active' ? 'yes' : 'no'} ${automatable}`];
  const half = { partial: 0, total: 1 }[technicalImpact ?? ''];
  if (!row || exploitation === undefined || half === undefined) return { at: null, because: 'the advisory carries no SSVC assessment' };
  const [open, closed] = row.map((cells) => cells.split(' ')[half]!) as [string, string];
  const assessed = [
    exploitation === 'active' ? 'exploited' : 'not known to be exploited',
    `automatable: ${automatable}`,
    `${technicalImpact} control`,
  ];
  const because = `CISA BOD 26-04 (${assessed.join(', ')}): ${words(open)} where it can be reached from public networks, ${words(closed)} elsewhere`;
  return { at: plusMs(exposedAt, Number.parseInt(open, 10) * day), because };
}

function words(cell: string): string {
  if (cell === '0') return 'at the next upgrade';
  return cell.endsWith('F') ? `${Number.parseInt(cell, 10)} days, with a look whether it was broken into` : `${cell} days`;
}
