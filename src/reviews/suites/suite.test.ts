import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { suiteDigest, type Task, taskDigest } from './suite.ts';

const task: Task = {
  id: 't',
  recipeId: 'r',
  skill: 'reproduce',
  prompt: 'p',
  disclosedAt: '2026-01-01T00:00:00.000Z' as Instant,
  canary: 'one',
};

test('the canary keeps a digest from being guessed', () => {
  expect(taskDigest(task)).not.toBe(taskDigest({ ...task, canary: 'two' }));
  expect(suiteDigest([task])).not.toBe(suiteDigest([{ ...task, canary: 'two' }]));
});
