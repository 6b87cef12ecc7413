import type { ReactNode } from 'react';
import { Choice, Field } from '../../parts/form.tsx';
import { Hour, instantOf } from '../../parts/hour.tsx';
import { useGet } from '../../session.ts';
import type { Case, Contacts, Participants } from '../../wire.ts';
import { Act } from './act.tsx';

type Ladder = Contacts['items'][number];
type Given = Record<string, unknown>;

interface Props {
  readonly of: Case;
  readonly ladders: readonly Ladder[];
}

/** Where upstream does not fix. The hub refuses a record whose ground is not there: silence is not a refusal, and a fork needs a spent ladder. */
export function RecordForms({ of, ladders }: Props) {
  const found = useGet<Participants>(`/api/cases/${of.id}/participants`).data?.items ?? [];
  const suppliers = found.filter((p) => p.kind === 'supplier').map((p) => [p.id, `${p.name}: ${standing(ladders, p.id)}`] as const);
  if (suppliers.length === 0) return null;
  return (
    <>
      <NonFix caseId={of.id} suppliers={suppliers} />
      <LastResort caseId={of.id} suppliers={suppliers} />
    </>
  );
}

/** What the ladder of a supplier has come to, so that who fills in the form sees whether the ground is there. */
function standing(ladders: readonly Ladder[], participantId: string): string {
  const ladder = ladders.findLast((one) => one.participantId === participantId);
  if (!ladder) return 'nobody had to look for it';
  if (ladder.state === 'answered') return 'it answered';
  const attempts = `${ladder.made} ${ladder.made === 1 ? 'attempt' : 'attempts'}`;
  return ladder.outcome ? `${attempts}, ${ladder.outcome}` : `${attempts}, still climbing`;
}

type Options = readonly (readonly [string, string])[];

function Supplier({ of }: { of: Options }) {
  return <Choice name="participantId" label="Supplier" of={of} />;
}

const types = [
  ['end-of-life', 'this version is at its end of life'],
  ['feature-complete', 'it is finished, and takes no changes'],
  ['wont-fix', 'it will not fix this'],
] as const;
const decisions = [
  ['advisory', 'an advisory'],
  ['advisory-and-mitigation', 'an advisory with what helps meanwhile'],
  ['last-resort', 'somebody else carries the fix for a while'],
] as const;

function NonFix({ caseId, suppliers }: { caseId: string; suppliers: Options }) {
  const read = ({ saidAt, ...rest }: Given) => ({ ...rest, saidAt: instantOf(saidAt) });
  return (
    <Act path={`/api/cases/${caseId}/non-fixes`} label="Record that it will not be fixed upstream" button="Draft the record" read={read}>
      <Supplier of={suppliers} />
      <Field name="position" label="What it said, word for word" rows={3} />
      <Field name="positionUrl" label="Where it stands" type="url" required={false} />
      <Choice name="type" label="It is so because" of={types} />
      <Field name="rationale" label="Its reasons" rows={2} />
      <Hour name="saidAt" label="Said on" />
      <Field name="source" label="How it was heard" hint="For example: a mail of that day, an answer in the tracker." />
      <Choice name="decision" label="What follows" of={decisions} />
      <Field name="footprint" label="Where it is still in use" rows={2} required={false} hint="For the clearinghouse alone." />
      <Field name="cve" label="CVE id" required={false} hint="Like CVE-2026-12345." />
      <p className="mb-3 text-soft">Somebody else than you approves it; VEX then says will_not_fix.</p>
    </Act>
  );
}

function lastResortOf(given: Given): Given {
  const { participantId, cve, provenance, namespace, integrity } = given;
  const { exhausted, deployed, forks, capacity, spdxId, forkPermitted, obligations, commit, knownGoodBecause } = given;
  const { startsAt, endsAt, renewals, sunset, plan, owner } = given;
  return {
    ...{ participantId, namespace, integrity },
    ...(cve === undefined ? {} : { cve }),
    ...(provenance === undefined ? {} : { provenance }),
    evidence: { exhausted, deployed, licence: forks, capacity },
    licence: { spdxId, forkPermitted: forkPermitted === 'yes', obligations },
    base: { commit, knownGoodBecause },
    term: { startsAt: instantOf(startsAt), endsAt: instantOf(endsAt), renewals: Number(renewals) },
    sunset: String(sunset)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    steward: { plan, owner },
  };
}

function LastResort({ caseId, suppliers }: { caseId: string; suppliers: Options }) {
  return (
    <Act path={`/api/cases/${caseId}/last-resorts`} label="Draft a fork of last resort" button="Draft the decision" read={lastResortOf}>
      <Supplier of={suppliers} />
      <Part legend="Why nobody else can">
        <Field name="exhausted" label="What was tried to reach or move upstream" rows={2} />
        <Field name="deployed" label="Where it matters and is deployed" rows={2} hint="For the clearinghouse alone." />
        <Field name="capacity" label="Who keeps it up, and who may take it over" rows={2} />
      </Part>
      <Part legend="The licence">
        <Field name="spdxId" label="Licence" hint="As an SPDX expression, like MIT." />
        <Choice
          name="forkPermitted"
          label="It lets others publish a fork"
          of={[
            ['yes', 'yes'],
            ['no', 'no: it then ends at advisory, VEX and mitigation'],
          ]}
        />
        <Field name="forks" label="Who read it, and what it says of forks" rows={2} />
        <Field name="obligations" label="What it asks of whoever forks" rows={2} />
      </Part>
      <Part legend="The fork">
        <Field name="namespace" label="Published as" hint="A name of its own: nobody may take it for the original." />
        <Field name="commit" label="Begins at" hint="A commit or release." />
        <Field name="knownGoodBecause" label="That is known to be good, because" rows={2} />
        <Field name="integrity" label="How its builds are kept honest" rows={2} hint="Who signs, from what is built, how anybody checks." />
        <Field
          name="provenance"
          label="Where it is known from that it is clean"
          rows={2}
          required={false}
          hint="Needed where contact was found suspect."
        />
      </Part>
      <Part legend="Its end">
        <Hour name="startsAt" label="Begins" />
        <Hour name="endsAt" label="Ends" />
        <Choice
          name="renewals"
          label="Renewed"
          chosen="1"
          of={[
            ['1', 'once at most'],
            ['0', 'never'],
          ]}
        />
        <Field name="sunset" label="Ends sooner when" rows={3} hint="One reason a line." />
        <Field name="owner" label="Steward" />
        <Field name="plan" label="What the steward does" rows={2} />
      </Part>
      <Field name="cve" label="CVE id" required={false} />
    </Act>
  );
}

function Part({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="mb-4 border border-line p-3">
      <legend className="px-1 font-medium">{legend}</legend>
      {children}
    </fieldset>
  );
}
