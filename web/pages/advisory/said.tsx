import { Fact, Facts, Section } from '../../parts/page.tsx';
import { rangesSpelled } from '../../parts/ranges.ts';
import { When } from '../../parts/when.tsx';
import type { Advisory } from '../../wire.ts';

/** What the advisory says, as people read it. */
export function Said({ of }: { of: Advisory }) {
  const by = (who: string | undefined) => who && <span className="text-soft"> according to {who}</span>;
  return (
    <Section title="What it says">
      {of.withdrawn && (
        <p className="mb-3 border-l-4 border-bad bg-sheet px-4 py-3">
          <strong className="font-semibold">Taken back.</strong> {of.withdrawn.because}
        </p>
      )}
      <TakenBack of={of} what="The first flaw is taken back." />
      {of.summary && <p className="mb-4 max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">{of.summary}</p>}
      <Facts>
        <Fact name="Affected">{of.affected && <Affected of={of.affected} />}</Fact>
        <Fact name="Identifier">{of.cve}</Fact>
        <Fact name="Weakness">
          {of.cwe && (
            <>
              {of.cwe}
              {by(of.saidBy?.cwe)}
            </>
          )}
        </Fact>
        <Fact name="Severity">{of.cvss && `${of.cvss.base.toFixed(1)} ${of.cvss.severity}, ${of.cvss.vector}`}</Fact>
        <Fact name="Severity, others">
          {of.otherScores?.map((score) => `${score.by}: ${score.cvss.base.toFixed(1)} ${score.cvss.severity}`).join('; ')}
        </Fact>
        <Fact name="Priority">{of.ssvc?.decision}</Fact>
        <Fact name="What to do">{of.workarounds?.map((w) => w.text).join(' ')}</Fact>
        <Fact name="How it shows">{of.indicators?.map((i) => i.text).join(' ')}</Fact>
        <Fact name="Suppliers say">{suppliersSay(of.statements)}</Fact>
        <Fact name="AI had a part in">{of.aiUse && aiParts(of.aiUse).join('; ')}</Fact>
        <Fact name="Found by">
          <Credits of={of.credits} />
        </Fact>
        <Fact name="Also in">{of.translations?.map((t) => t.language).join(', ')}</Fact>
        <Fact name="May go to">{of.tlp && `TLP:${of.tlp} only; it is never published`}</Fact>
        <Fact name="Publisher">{of.publisher}</Fact>
        <Fact name="This revision">{of.change}</Fact>
      </Facts>
      {of.further?.map((flaw) => (
        <Further key={flaw.vulnerabilityId} of={flaw} />
      ))}
    </Section>
  );
}

function TakenBack({ of, what }: { of: Pick<Advisory, 'takenBack'>; what: string }) {
  return (
    of.takenBack && (
      <p className="mb-3 border-l-4 border-bad bg-sheet px-4 py-3">
        <strong className="font-semibold">{what}</strong> {of.takenBack.because}
      </p>
    )
  );
}

/** Another flaw of the same advisory: what is said of it alone. */
function Further({ of }: { of: NonNullable<Advisory['further']>[number] }) {
  return (
    <section className="mt-6">
      <h3 className="mb-2 font-semibold">
        Flaw {of.number}
        {of.title && `: ${of.title}`}
      </h3>
      <TakenBack of={of} what="Taken back." />
      {of.summary && <p className="mb-4 max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">{of.summary}</p>}
      <Facts>
        <Fact name="Affected">{of.affected.length > 0 && <Affected of={of.affected} />}</Fact>
        <Fact name="Identifier">{of.cve}</Fact>
        <Fact name="Weakness">{of.cwe}</Fact>
        <Fact name="Severity">{of.cvss && `${of.cvss.base.toFixed(1)} ${of.cvss.severity}, ${of.cvss.vector}`}</Fact>
        <Fact name="What to do">{of.workarounds?.map((w) => w.text).join(' ')}</Fact>
        <Fact name="Suppliers say">{suppliersSay(of.statements)}</Fact>
        <Fact name="Found by">
          <Credits of={of.credits} />
        </Fact>
      </Facts>
    </section>
  );
}

const suppliersSay = (statements: Advisory['statements']) =>
  statements?.map((s) => `${s.supplier}: ${s.status.replace('-', ' ')}`).join('; ');

function Credits({ of }: { of: Advisory['credits'] }) {
  return of?.map((credit) => (
    <span key={credit.name + credit.at} className="block">
      {credit.name}, <When at={credit.at} />
    </span>
  ));
}

function Affected({ of }: { of: NonNullable<Advisory['affected']> }) {
  return (
    <ul>
      {of.map((range) => (
        <li key={JSON.stringify(range)}>
          <code>{range.package}</code> {rangesSpelled([range])}
        </li>
      ))}
    </ul>
  );
}

function aiParts({ discovery, patch, drafting }: NonNullable<Advisory['aiUse']>): string[] {
  const found = discovery.map(
    (d) =>
      `the discovery${d.by === null ? '' : ` by ${d.by}`} (${[d.tooling, d.model].filter(Boolean).join(', ') || 'not said with what'})`,
  );
  return [...found, ...(patch ? ['the patch'] : []), ...(drafting ? ['the draft'] : [])];
}
