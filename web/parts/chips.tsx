import type { ReactNode } from 'react';
import type { Tlp as Colour } from '../../src/base/label.ts';

const colours: Record<Colour, string> = {
  CLEAR: 'text-tlp-clear',
  GREEN: 'text-tlp-green',
  AMBER: 'text-tlp-amber',
  'AMBER+STRICT': 'text-tlp-amber',
  RED: 'text-tlp-red',
};

/** Who may see this, in the colours and words of TLP 2.0. */
export function Tlp({ of }: { of: Colour }) {
  return (
    <span
      className={`inline-block rounded-sm bg-tlp-ground px-1.5 font-mono text-xs leading-5 whitespace-nowrap ring-1 ring-line ${colours[of]}`}
    >
      TLP:{of}
    </span>
  );
}

export type Tone = 'plain' | 'good' | 'care' | 'bad';
const tones: Record<Tone, string> = {
  plain: 'border-line text-soft',
  good: 'border-good text-good',
  care: 'border-care text-care',
  bad: 'border-bad text-bad',
};

/** A state in a word. The colour only repeats what the word says. */
export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={`inline-block rounded-sm border px-1.5 text-[0.87em] leading-5 whitespace-nowrap ${tones[tone]}`}>{children}</span>
  );
}
