import * as claims from '../clearinghouse/claims/actions.ts';
import type { Flow } from '../trust/flow.ts';

/** The product on one page: what the hub does by itself when something has happened. */
export const flow: Flow = {
  hops: [],
  works: [],
  dues: [{ verb: claims.expire }],
};
