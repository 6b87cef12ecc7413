import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { linesOfRanges } from '../../parts/ranges.ts';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Advisory, Suggestion } from '../../wire.ts';
import { type Flaw, type Given, inputOf, type Start } from './draft-input.ts';

export function FirstDraft({ caseId }: { caseId: string }) {
  const found = useGet<Suggestion>(`/api/cases/${caseId}/advisory-suggestion`);
  return (
    <Section title="A first draft" note="from what the case holds">
      <Awaited of={found}>
        {({ draft, origins, missing }) => (
          <>
            <ul className="mb-3 list-disc pl-5">
              {origins.map((origin) => (
                <li key={origin.at}>
                  <code>{spoken(origin.at)}</code> comes from {origin.from}
                </li>
              ))}
            </ul>
            {missing.length > 0 && (
              <p className="mb-4">
                <strong className="font-medium">Not known yet:</strong> {missing.join('; ')}.
              </p>
            )}
            <Draft caseId={caseId} from={draft as Start} isFirst />
          </>
        )}
      </Awaited>
    </Section>
  );
}

export function DraftAnew({ of }: { of: Advisory }) {
  const scored = (scores: Advisory['otherScores']) => (scores ?? []).map(({ by, cvss }) => ({ by, vector: cvss.vector }));
  const further = (of.further ?? []).map((flaw) => ({
    ...{ ...flaw, otherScores: scored(flaw.otherScores) },
    ...(flaw.cvss ? { vector: flaw.cvss.vector } : {}),
  }));
  return (
    <Section title="Draft it anew">
      <details>
        <summary className="w-fit cursor-pointer text-accent">Change the text; an approval is lost</summary>
        <div className="mt-3">
          {/* The revision is the key, so that the form starts from what is there now. */}
          <Draft key={of.revision} caseId={of.caseId} from={{ ...of, otherScores: scored(of.otherScores), further }} isFirst={false} />
        </div>
      </details>
    </Section>
  );
}

const profiles = [
  ['security-advisory', 'a security advisory'],
  ['vex', 'a statement on exploitability (VEX)'],
  ['vulnerability-report', 'a vulnerability report'],
] as const;
const labels = [
  ['CLEAR', 'everybody'],
  ['GREEN', 'the community of members (TLP:GREEN)'],
  ['AMBER', 'those concerned and their clients (TLP:AMBER)'],
  ['AMBER+STRICT', 'those concerned (TLP:AMBER+STRICT)'],
] as const;

function Draft({ caseId, from, isFirst }: { caseId: string; from: Start; isFirst: boolean }) {
  const draft = useAct('/api/advisories');
  const send = (given: Record<string, unknown>) => draft.mutate(inputOf(caseId, given as Given, from));
  return (
    <Form className="max-w-prose" onFormSubmit={send}>
      <FlawFields of={from} as="" />
      {(from.further ?? []).map((flaw, i) => (
        <fieldset key={flaw.vulnerabilityId} className="mb-4 border border-line px-4 pt-2">
          <legend className="px-1 font-medium">Flaw {i + 2} of this case</legend>
          <FlawFields of={flaw} as={`-${flaw.vulnerabilityId}`} />
          <Field
            name={`cvss-${flaw.vulnerabilityId}`}
            label="CVSS vector"
            required={false}
            value={flaw.vector ?? ''}
            autoComplete="off"
            hint="That of the first flaw is assessed with the case’s priority."
          />
        </fieldset>
      ))}
      <Field
        name="indicators"
        label="How one sees that it is exploited"
        rows={3}
        required={false}
        value={textsOf(from.indicators)}
        hint="One a line."
      />
      <Field
        name="references"
        label="References"
        rows={3}
        required={false}
        value={(from.references ?? []).map((r) => r.url).join('\n')}
        hint="One address a line."
      />
      <Choice name="profile" label="It is" of={profiles} chosen={from.profile ?? 'security-advisory'} />
      <Choice name="tlp" label="It may go to" of={labels} chosen={from.tlp ?? 'CLEAR'} />
      <Translations of={from.translations ?? []} />
      {!isFirst && <Field name="change" label="What this revision changes" autoComplete="off" />}
      <Refusal error={draft.error} />
      <Button type="submit" disabled={draft.isPending} focusableWhenDisabled>
        {isFirst ? 'Draft it' : 'Draft it anew'}
      </Button>
    </Form>
  );
}

const textsOf = (list: readonly { readonly text: string }[] | undefined) => (list ?? []).map((item) => item.text).join('\n');

/** What is said of one flaw; `as` ends the names of its fields. */
function FlawFields({ of, as }: { of: Flaw; as: string }) {
  return (
    <>
      <Field name={`title${as}`} label="Title" value={of.title ?? ''} autoComplete="off" />
      <Field
        name={`summary${as}`}
        label="What is wrong"
        rows={8}
        value={of.summary ?? ''}
        hint="What it allows and how it shows; never how it is done."
      />
      <Field
        name={`ranges${as}`}
        label="Affected versions"
        rows={3}
        value={linesOfRanges(of.affected ?? [])}
        hint="One range a line: pkg:npm/name from 1.0.0 before 1.4.2; or all versions."
      />
      <Field name={`cve${as}`} label="CVE" required={false} value={of.cve ?? ''} autoComplete="off" />
      <Field name={`cwe${as}`} label="Weakness" required={false} value={of.cwe ?? ''} autoComplete="off" hint="For example CWE-125." />
      <Field
        name={`workarounds${as}`}
        label="What helps until it is fixed"
        rows={3}
        required={false}
        value={textsOf(of.workarounds)}
        hint="One a line."
      />
    </>
  );
}

/** One more than there are, left empty when none is added. */
function Translations({ of }: { of: NonNullable<Advisory['translations']> }) {
  const [count, setCount] = useState(of.length);
  return (
    <div className="mb-4">
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells them apart
        <fieldset key={i} className="mb-3 border border-line px-4 pt-2">
          <legend className="px-1 font-medium">Translation {i + 1}</legend>
          <Field
            name={`language${i}`}
            label="Language"
            required={false}
            value={of[i]?.language ?? ''}
            hint="For example de or pt-BR; empty leaves it out."
          />
          <Field name={`title${i}`} label="Title in it" required={false} value={of[i]?.title ?? ''} />
          <Field name={`summary${i}`} label="What is wrong, in it" rows={4} required={false} value={of[i]?.summary ?? ''} />
        </fieldset>
      ))}
      <Button quiet onClick={() => setCount(count + 1)}>
        Add a translation
      </Button>
    </div>
  );
}

/** A pointer as people count: the first of a list is its first. */
function spoken(at: string): string {
  return at.slice(1).replace(/\/(\d+)$/, (_, n) => ` ${Number(n) + 1}`);
}
