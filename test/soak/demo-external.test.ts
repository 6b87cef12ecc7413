import { afterAll, expect, test } from 'vitest';
import { runDemo } from '../equipment/demo.ts';
import { externalPostgres } from '../equipment/external-postgres.ts';

const external = await externalPostgres();
if (typeof external === 'string') console.warn(`demo on an external PostgreSQL skipped: ${external}`);
afterAll(() => (typeof external === 'string' ? undefined : external.stop()));

test.skipIf(typeof external === 'string')("the main job runs on a PostgreSQL of one's own", async () => {
  const { code, out } = await runDemo({ DATABASE_URL: typeof external === 'string' ? '' : external.url });
  expect(code, out).toBe(0);
  expect(out).toContain('a PostgreSQL of your own');
  expect(out).toContain('log verifies');
});
