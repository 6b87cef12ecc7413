import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../src/base/canonical.ts';
import { plusMs } from '../src/base/instant.ts';
import { openNote } from '../src/base/signature.ts';
import type { Cast } from './cast.ts';
import type { DrivenClock } from './clock.ts';
import type { Agreed } from './coordination.ts';
import type { NpmProject } from './npm-project.ts';
import type { Screen } from './screen.ts';

interface Feed {
  readonly items: { seq: number; id: string; title: string; documents: { format: string; path: string; sha256: string }[] }[];
  readonly checkpoint: string;
  readonly key: string;
  readonly size: number;
}

/** Nothing is public a moment before the hour; at the hour everything is, for everybody. */
export async function publish(cast: Cast, agreed: readonly Agreed[], clock: DrivenClock, publicDir: string, screen: Screen): Promise<Feed> {
  const hours = agreed.map((a) => a.goLiveAt).sort();
  clock.turnTo(plusMs(hours[0] as Parameters<typeof plusMs>[0], -10_000));
  const early = await cast.anyone.say<Feed>('releases.feed');
  if (early.size !== 0) throw new Error('something was public before its hour');
  screen.step('clock', `turned to ten seconds before ${hours[0]}: the public feed is empty`);
  clock.turnTo(hours.at(-1) as Parameters<typeof plusMs>[0]);
  const feed = await cast.anyone.until<Feed>('releases.feed', {}, (f) => f.size === agreed.length, 'the releases');
  if (openNote(feed.checkpoint, feed.key) === undefined) throw new Error("the feed's checkpoint is not signed by its key");
  const files = await writtenFiles(feed, publicDir);
  screen.step('clock', `turned to ${hours.at(-1)}: ${feed.size} advisories are public; the feed's checkpoint is signed`);
  for (const item of feed.items) screen.detail(`${item.id}  ${item.documents.map((d) => d.format).join(' + ')}  ${item.title}`);
  screen.detail(`${files} files under /public/, every document with the digest that the feed states`);
  return feed;
}

/** The static tree is what the world reads: compared byte for byte with what the feed says. */
async function writtenFiles(feed: Feed, publicDir: string): Promise<number> {
  for (let tries = 0; ; tries++) {
    try {
      for (const { path, sha256: digest } of feed.items.flatMap((i) => i.documents)) {
        if (sha256(readFileSync(join(publicDir, path))) !== digest) throw new Error(`${path} is not what the feed says`);
      }
      return readdirSync(publicDir, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length;
    } catch (error) {
      if (tries > 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

interface Exposures {
  readonly items: { id: string; trackingId: string; components: string[]; fixedIn: string[]; state: string }[];
}

/** The operator's own SBOM: matched, upgraded, matched again, seen fixed. */
export async function keepInventory(cast: Cast, project: NpmProject, screen: Screen): Promise<void> {
  const kept = await cast.hospital.say<{ components: number }>('inventories.keep', { name: project.name, document: await project.sbom() });
  screen.step('Hana', `keeps the SBOM of ${project.name} (npm sbom): ${kept.components} components`);
}

export async function fixExposure(cast: Cast, project: NpmProject, screen: Screen): Promise<void> {
  const { hospital } = cast;
  const exposed = await hospital.until<Exposures>('fixes.list', {}, (l) => l.items.some((e) => e.state === 'exposed'), 'the exposure');
  const hit = exposed.items.find((e) => e.state === 'exposed')!;
  screen.step(
    'Hana',
    `is exposed: ${hit.components.join(', ')} in ${project.name} (${hit.trackingId}), fixed in ${hit.fixedIn.join(', ')}`,
  );
  await project.update('minimist');
  await hospital.say('inventories.keep', { name: project.name, document: await project.sbom() });
  await hospital.until<Exposures>('fixes.list', {}, (l) => l.items.every((e) => e.state === 'observed'), 'the fix to be seen');
  screen.step('Hana', 'ran npm update and kept the new SBOM: the hub saw the fix by itself');
}
