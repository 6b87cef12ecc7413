import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireText } from '../../../base/wire.ts';
import { byPair, decidedOut } from '../pairs/wire.ts';
import { decisions } from '../same.ts';

export const arbitrateInput = byPair.extend({
  decision: z.enum(decisions),
  because: wireText(limits.becauseChars),
  /** What was tried and what it showed: validations.getMatrix. */
  matrixId: wireId('mtx'),
});
/** Nothing is regrouped where it could not be told, or a person has spoken. */
export const arbitratedOut = decidedOut.extend({ regroupingId: wireId('rgp').nullable() });
