import { action, done, type Happening } from '../../../trust/action.ts';
import { agentById, personById } from '../../../trust/orgs/store.ts';
import { ledgerLabel } from '../case.ts';
import { codesIn } from './canary.ts';
import { copiesOf } from './store.ts';
import * as wire from './wire.ts';

export const tellLeak = action({
  name: 'cases.tellLeak',
  at: 'POST /api/leaks',
  summary: 'Tell from a text that leaked, or a part of it, whose copy it was.',
  by: ['coordinator'],
  input: wire.leakInput,
  output: wire.leakOut,
  async run(ctx, { text }) {
    const found = codesIn(text);
    const items = [];
    const events: Happening[] = [];
    for (const { code, ...copy } of await copiesOf(ctx.tx, [...found.keys()])) {
      const holder = (await personById(ctx.tx, copy.holderId)) ?? (await agentById(ctx.tx, copy.holderId));
      const marks = found.get(code)!;
      items.push({ ...copy, name: holder?.name ?? copy.holderId, marks });
      const of = { id: copy.caseId };
      events.push({ event: 'case.leak-told', thing: of.id, label: ledgerLabel(of), payload: { holderId: copy.holderId, marks } });
    }
    return done({ verdict: items.length > 0 ? ('told' as const) : ('could-not-tell' as const), items }, ...events);
  },
});

export const canaryActions = [tellLeak];
