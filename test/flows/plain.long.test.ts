import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { loopBox, loopRecipes, loopSources } from '../lab-rehearsal.ts';
import { stories, Teller } from './plain.ts';

// Whole cases in plain text (test/flows/plain/*.txt), told to the product with everything that it does by itself.
const tellMs = 180_000;
test.each(stories())('$name', { timeout: tellMs }, async (story) => {
  const hub = await openHub({ box: loopBox(), sources: loopSources, recipes: loopRecipes });
  try {
    expect(story.steps.length).toBeGreaterThan(0);
    await new Teller(hub).tell(story);
  } finally {
    await hub.close();
  }
});
