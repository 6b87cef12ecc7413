import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { label } from '../../base/label.ts';
import { type Body, bodyDigest, type Exported, genesis, link, payloadDigest, verifyChain } from './entry.ts';

const at = (i: number) => `2026-11-21T09:00:${String(i).padStart(2, '0')}.000Z` as Instant;

function chainOf(n: number): Exported[] {
  const entries: Exported[] = [];
  let previous = genesis;
  for (let i = 1; i <= n; i++) {
    const payload = { i };
    const body: Body = {
      actor: 'psn_a',
      event: 'thing.done',
      thing: `t${i}`,
      label: label('RED', 'org_a'),
      payloadDigest: payloadDigest('ps', payload),
    };
    const entry = link(i, at(i), bodyDigest('s', body), previous);
    entries.push({ ...entry, body: { ...body, salt: 's', payloadSalt: 'ps', payload } });
    previous = entry.hash;
  }
  return entries;
}

describe('the chain', () => {
  test('verifies from genesis', () => expect(verifyChain(chainOf(9))).toMatchObject({ size: 9, revealed: 9, withheld: 0, erased: 0 }));
  test('verifies when empty', () => expect(verifyChain([])).toMatchObject({ size: 0, head: genesis }));

  test('verifies with bodies withheld or payloads erased', () => {
    const entries = chainOf(5);
    const { body, ...bare } = entries[1]!;
    entries[1] = bare;
    entries[3] = { ...entries[3]!, body: { ...entries[3]!.body!, payload: null, payloadSalt: null } };
    expect(verifyChain(entries)).toMatchObject({ size: 5, revealed: 4, withheld: 1, erased: 1 });
    expect(body).toBeDefined();
  });

  test.each([
    ['a changed payload', (e: Exported) => ({ ...e, body: { ...e.body!, payload: { i: 99 } } })],
    ['a changed actor', (e: Exported) => ({ ...e, body: { ...e.body!, actor: 'psn_b' } })],
    ['a lowered label', (e: Exported) => ({ ...e, body: { ...e.body!, label: label('CLEAR') } })],
    ['a changed time', (e: Exported) => ({ ...e, at: at(59) })],
    ['a changed digest', (e: Exported) => ({ ...e, digest: genesis, body: undefined as never })],
    ['a re-linked entry', (e: Exported) => link(e.seq, e.at, e.digest, genesis)],
  ])('does not verify with %s', (_, change) => {
    const entries = chainOf(4);
    entries[2] = change(entries[2]!);
    expect(verifyChain(entries)).toMatchObject({ code: 'untrusted', because: expect.stringMatching(/^entry [34]:/) });
  });

  test('does not verify with any entry missing, repeated or exchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }), (i, j) => {
        const [whole, missing, swapped] = [chainOf(8), chainOf(8), chainOf(8)];
        if (i < 7) expect(verifyChain(missing.toSpliced(i, 1))).toMatchObject({ code: 'untrusted' });
        expect(verifyChain(whole.toSpliced(i, 0, whole[i]!))).toMatchObject({ code: 'untrusted' });
        [swapped[i], swapped[j]] = [swapped[j]!, swapped[i]!];
        if (i !== j) expect(verifyChain(swapped)).toMatchObject({ code: 'untrusted' });
      }),
    );
  });
});
