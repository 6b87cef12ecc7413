import { Digest } from '../../parts/digest.tsx';
import { Fact, Facts } from '../../parts/page.tsx';
import type { Finding, Validation } from '../../wire.ts';

/** What the crash shows of its severity. Facts to assess it by; what only the finder says is marked so. */
export function SeverityFacts({ of, finding }: { of: NonNullable<Validation['facts']>; finding: Finding }) {
  const { access, accessBytes, region } = of;
  const stated = reachability(finding.cvss);
  return (
    <section className="mt-4">
      <h3 className="mb-2 font-semibold">Facts of severity</h3>
      <Facts>
        <Fact name="Crash class">{of.crashClass}</Fact>
        <Fact name="Access">{access && `${access}${accessBytes === null ? '' : `, ${bytes(accessBytes)}`}`}</Fact>
        <Fact name="Where">{region && `${bytes(region.distanceBytes)} ${sides[region.side]} a region of ${bytes(region.bytes)}`}</Fact>
        <Fact name="Security">
          {of.isSecurityRelevant ? 'such a crash can be a security matter' : 'such a crash is seldom a security matter'}
        </Fact>
        <Fact name="Read from">{of.reportSha256 && <Digest of={of.reportSha256} />}</Fact>
        <Fact name="Before signing in">{stated && `${stated}, as the finder states it; not shown here`}</Fact>
      </Facts>
    </section>
  );
}

const sides = { before: 'before', after: 'after', inside: 'into' } as const;
const bytes = (n: number) => (n === 1 ? '1 byte' : `${n.toLocaleString('en')} bytes`);

function reachability(cvss: string | null): string | undefined {
  const privileges = /\/PR:([NLH])(?:\/|$)/.exec(cvss ?? '')?.[1];
  if (privileges === undefined) return undefined;
  return privileges === 'N' ? 'reachable' : 'not reachable';
}
