import { canonical } from '../../../base/canonical.ts';
import { inToto, type Signer, seal } from '../../../base/signature.ts';
import type { Checked, CheckPlan } from '../../cases/patches/check.ts';
import type { Artefact } from './artefact.ts';

/** Documented in docs/PATCHES.md. */
const predicateType = 'urn:breakwater:artefact:1';

/** A person and the organisation they speak for, by name. */
interface Named {
  readonly name: string;
  readonly organisation: string;
}

export interface Facts {
  readonly answerable: Named;
  readonly approver: Named;
  readonly cve: string | null;
  /** Our own re-run, where there was one and it verified exactly these bytes. */
  readonly check: { readonly plan: CheckPlan; readonly checked: Checked; readonly at: string } | undefined;
}

/**
 * in-toto Statement v1 in DSSE, one line: what the artefact is, who answers for it and what our own re-run showed.
 * PoCs by their digests, tests by their names: nothing that must stay closed, nothing that somebody merely said of a test.
 */
export function statementOf(artefact: Artefact, facts: Facts, signer: Signer): string {
  const { kind, name, sha256, appliesTo, writtenBy, builtBy, reason, approvedAt } = artefact;
  const { answerable, approver, cve } = facts;
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256 } }],
    predicateType,
    predicate: {
      kind,
      package: artefact.package,
      appliesTo,
      advisory: { id: artefact.advisoryId, cve },
      written: { by: writtenBy, answerable },
      builtBy,
      check: checkOf(facts),
      reason,
      approved: { by: approver, at: approvedAt },
    },
  };
  return `${canonical(seal(signer, inToto, Buffer.from(canonical(statement))))}\n`;
}

function checkOf({ check }: Facts): object | null {
  if (!check || 'impossible' in check.plan) return null;
  const { plan, checked, at } = check;
  return {
    verdict: 'verified',
    at,
    provider: checked.provider,
    recipe: { id: plan.recipeId, sha256: plan.recipeSha256 },
    runsPerPoc: plan.runs,
    stops: plan.pocs.map(({ sha256 }) => ({ sha256 })).toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1)),
    passes: checked.tests,
  };
}
