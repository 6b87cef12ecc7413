import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { vi } from 'vitest';
import type { Instant } from '../../src/base/instant.ts';

/** tuf-js as somebody uses it who got the first root by another way, with what it has kept between its runs. */
export class TufClient {
  readonly dir = mkdtempSync(join(tmpdir(), 'bw-tuf-'));
  readonly #url: string;

  constructor(url: string, root: string) {
    this.#url = url;
    mkdirSync(join(this.dir, 'metadata'));
    mkdirSync(join(this.dir, 'targets'));
    writeFileSync(join(this.dir, 'metadata/root.json'), root);
  }

  /** One run of the client at this time: brings its metadata up to date, then fetches these targets; undefined: not offered. */
  async update(now: Instant, ...paths: string[]): Promise<(Buffer | undefined)[]> {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(now) });
    try {
      const updater = new Updater({
        metadataDir: join(this.dir, 'metadata'),
        metadataBaseUrl: `${this.#url}/public/tuf/metadata`,
        targetDir: join(this.dir, 'targets'),
        targetBaseUrl: `${this.#url}/public/tuf/targets`,
        config: { fetchRetries: 0 },
      });
      await updater.refresh();
      const found: (Buffer | undefined)[] = [];
      for (const path of paths) {
        const info = await updater.getTargetInfo(path);
        found.push(info && readFileSync(await updater.downloadTarget(info)));
      }
      return found;
    } finally {
      vi.useRealTimers();
    }
  }

  /** What it trusts by now. */
  trusted(role: string): { signed: { version: number; expires: string; targets?: object; delegations?: { roles: { name: string }[] } } } {
    return JSON.parse(readFileSync(join(this.dir, `metadata/${role}.json`), 'utf8'));
  }

  /** Another client that has seen what this one has. */
  copy(): TufClient {
    const other = new TufClient(this.#url, '');
    cpSync(this.dir, other.dir, { recursive: true });
    return other;
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
