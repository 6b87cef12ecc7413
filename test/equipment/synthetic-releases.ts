import type { Doors } from '../../src/base/doors.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs, type Instant, plusMs } from '../../src/base/instant.ts';
import { publicLabel } from '../../src/base/label.ts';
import { appendLeaf } from '../../src/base/merkle.ts';
import { completedBy } from '../../src/base/merkle-nodes.ts';
import type { Bulletin } from '../../src/clearinghouse/advisories/bulletin.ts';
import { written } from '../../src/clearinghouse/advisories/documents.ts';
import { documentsOf, publish } from '../../src/clearinghouse/releases/feed.ts';
import { insertNodes } from '../../src/clearinghouse/releases/log/store.ts';
import type { Release } from '../../src/clearinghouse/releases/release.ts';
import * as store from '../../src/clearinghouse/releases/store.ts';

const packages = ['pkg:npm/merge-things', 'pkg:deb/debian/cjson', 'pkg:pypi/parser', 'pkg:npm/%40scope/left'];
const words = 'A crafted input makes the parser write past the end of a buffer that it sized by an earlier field of the same record. ';

/**
 * Advisories as long as real ones, put straight into the feed: `count` more releases after what is there. Every `revisedEvery`-th is a new
 * version of an earlier advisory.
 */
export async function release(doors: Pick<Doors, 'db' | 'chance'>, from: Instant, count: number, revisedEvery = 20): Promise<void> {
  for (let done = 0; done < count; done += 100) {
    await doors.db.transaction([], async (tx) => {
      const head = await store.lockHead(tx);
      let { size, frontier } = head;
      const nodes: Parameters<typeof insertNodes>[1][number][] = [];
      for (let i = 0; i < Math.min(100, count - done); i++) {
        const seq = size + 1;
        const isRevised = seq % revisedEvery === 0;
        const of = isRevised ? seq - Math.ceil(revisedEvery / 2) : seq;
        const at = plusMs(from, seq * 1000);
        const bulletin = bulletinOf(of, isRevised ? [plusMs(from, of * 1000), at] : [at]);
        const documents = documentsOf(written(bulletin));
        const id = makeId('rel', epochMs(at), doors.chance(10));
        const publication = publish({ id }, seq, bulletin, documents);
        await store.insertRelease(tx, { ...planned(of, at), id, publication });
        await store.insertDocuments(tx, id, documents);
        nodes.push(...completedBy(frontier, size, Buffer.from(publication.leaf, 'hex')));
        frontier = appendLeaf(frontier, size, Buffer.from(publication.leaf, 'hex'));
        size = seq;
      }
      await insertNodes(tx, nodes);
      await store.saveHead(tx, size, frontier);
    });
  }
}

export function bulletinOf(n: number, versions: readonly Instant[]): Bulletin {
  const name = packages[n % packages.length]!;
  // A later version may find more affected, and what a first one named may turn out not to be.
  const named = versions.length > 1 ? [packages[(n + 1) % packages.length]!, packages[(n + 2) % packages.length]!] : [name];
  return {
    trackingId: `BW-2026-${String(n).padStart(4, '0')}`,
    status: 'final',
    origin: 'test.example',
    text: {
      title: `Out-of-bounds write no. ${n} in ${name}`,
      summary: words.repeat(1 + (n % 8)),
      package: name,
      affected: named.map((p) => ({ package: p, introduced: '1.0.0', fixed: `2.0.${n}` })),
      cve: n % 3 === 0 ? `CVE-2026-${10_000 + n}` : null,
      cwe: 'CWE-787',
      credits: [{ name: 'North Lab', at: versions[0]! }],
      cvss: null,
      ssvc: null,
      references: [{ kind: 'fix', url: `https://example.org/fix/${n}` }],
      publisher: 'Example Clearinghouse',
      change: `Version ${versions.length}.`,
    },
    versions: versions.map((at, i) => ({ number: i + 1, at, change: `Version ${i + 1}.` })),
  };
}

function planned(n: number, at: Instant): Omit<Release, 'id' | 'publication'> {
  const id = <K extends 'adv' | 'cas'>(kind: K) => `${kind}_${String(n).padStart(26, '0')}` as `${K}_${string}`;
  return {
    advisoryId: id('adv') as Release['advisoryId'],
    caseId: id('cas') as Release['caseId'],
    package: packages[n % packages.length]!,
    advisoryDigest: 'd',
    goLiveAt: at,
    state: 'published',
    because: null,
    scheduledBy: 'psn_00000000000000000000000001',
    scheduledAt: at,
    label: publicLabel,
  };
}
