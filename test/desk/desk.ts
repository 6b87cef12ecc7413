import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import { progressRoutes } from '../../src/app/progress-events.ts';
import type { Actor } from '../../src/trust/access.ts';
import { house } from '../../src/trust/access.ts';
import { act } from '../../src/trust/act.ts';
import { issueLink } from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

const built = inject('desk');
/** `built.setup.ts` said why. */
export const noBrowser = built === undefined;

export interface Desk {
  readonly hub: TestHub;
  readonly address: string;
  readonly faults: unknown[];
  /** A browser of one's own, signed in through a one-time link when `as` is given. */
  visit(as?: Actor): Promise<Visit>;
  close(): Promise<void>;
}

export interface Visit {
  readonly page: Page;
  /** What the browser complained of: scripts that failed, things the CSP kept out. */
  readonly complaints: string[];
  go(path: string): Promise<void>;
  /** All that the page says, once nothing on it is still loading. */
  text(): Promise<string>;
  close(): Promise<void>;
}

/** The built desk on a hub of its own, served exactly as the hub serves it. */
export async function openDesk(replace: Omit<NonNullable<Parameters<typeof openHub>[0]>, 'passkeys'> = {}): Promise<Desk> {
  const origins: string[] = [];
  const hub = await openHub({ ...replace, passkeys: { rpId: 'localhost', origins, roots: [], needed: 'at-desk' } });
  const faults: unknown[] = [];
  const publicDir = mkdtempSync(join(tmpdir(), 'bw-public-'));
  const log = (problem: string, error: unknown) => void faults.push(problem, error);
  const app = await buildHttp(hub.doors, { actions, version: 'test', deskDir: built!.dir, publicDir, log });
  progressRoutes(app, hub.doors, log);
  // By its name: no passkey belongs to an address of numbers.
  const address = (await app.listen({ host: '127.0.0.1', port: 0 })).replace('127.0.0.1', 'localhost');
  origins.push(address);
  const browser = await chromium.connect(built!.browser);
  return {
    hub,
    address,
    faults,
    visit: (as) => openVisit(browser, hub, address, as),
    async close() {
      await browser.close();
      await app.close();
      await hub.close();
      rmSync(publicDir, { recursive: true, force: true });
    },
  };
}

async function openVisit(browser: Browser, hub: TestHub, address: string, as: Actor | undefined): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: address,
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser reports every refused request; those that matter are shown on the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text());
  });
  if (as) await enter(page, hub, as);
  return {
    page,
    complaints,
    async go(path) {
      await page.goto(path);
      await settled(page);
    },
    async text() {
      await settled(page);
      return (await page.getByRole('main').textContent()) ?? '';
    },
    close: () => context.close(),
  };
}

/** A one-time link for somebody, as the coordinator would send it. */
export async function linkFor(hub: TestHub, who: Actor): Promise<string> {
  const link = (await act(hub.doors, issueLink, { who: { actor: house }, input: { personId: who.id } })) as { secret: string };
  return `/enter#${link.secret}`;
}

async function enter(page: Page, hub: TestHub, who: Actor): Promise<void> {
  await page.goto(await linkFor(hub, who));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
  await settled(page);
}

/** Waits until nothing on the page is still loading. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.getByText('Loading…').first().waitFor({ state: 'detached' });
}

/** Everything axe-core finds, as sentences; the whole rule set of WCAG 2.2 AA and the best practices. */
export async function axeViolations(page: Page): Promise<string[]> {
  // Evaluated by the driver, not added as a script: the page's CSP stays as it is. It stays until the page is left.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  );
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

const shotsDir = process.env.BREAKWATER_SHOTS;

const [wide, narrow] = [1280, 390];
/** Colours hang on the scheme alone and the layout on the width alone: two looks see each of them. Pictures are taken of all four. */
const looks = shotsDir
  ? (['light', 'dark'] as const).flatMap((colorScheme) => [wide, narrow].map((width) => ({ colorScheme, width })))
  : ([
      { colorScheme: 'light', width: wide },
      { colorScheme: 'dark', width: narrow },
    ] as const);

/** No violation, no complaint of the browser, no scrolling sideways: in light and dark, wide and narrow. With BREAKWATER_SHOTS set, pictures are left there. */
export async function expectSound(visit: Visit, name?: string): Promise<void> {
  const { page } = visit;
  const before = page.viewportSize()!;
  for (const { colorScheme, width } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const look = `${colorScheme} at ${width} pixels`;
    if (shotsDir && name) await page.screenshot({ path: join(shotsDir, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    expect(await axeViolations(page), look).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `the page must not scroll sideways: ${look}`).toBe(0);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
  expect(visit.complaints).toEqual([]);
}

/** What comes down when this is pressed. The browser is another process's, so that its files are asked for. */
export async function downloaded(page: Page, name: string): Promise<string> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  const dir = mkdtempSync(join(tmpdir(), 'bw-down-'));
  await (await waiting).saveAs(join(dir, 'file'));
  const text = readFileSync(join(dir, 'file'), 'utf8');
  rmSync(dir, { recursive: true, force: true });
  return text;
}
