import { Form } from '@base-ui/react/form';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { base64Of } from '../parts/file.ts';
import { Button, Choice, Field } from '../parts/form.tsx';
import { Fact, Facts, Page } from '../parts/page.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { useAct } from '../session.ts';
import type { Received } from '../wire.ts';

const kinds = [
  ['exploit-proof-of-concept', 'a proof of concept: the input that trips it'],
  ['reproducer', 'a reproducer: a test that shows it'],
  ['patch', 'a patch'],
  ['threat-model', 'a threat model'],
  ['other', 'something else'],
] as const;

const accesses = [
  ['', 'not said'],
  ['public', 'everybody: others may find it as soon'],
  ['confidential', 'few: it is not public'],
] as const;
const exploitation = [
  ['no', 'not that I know'],
  ['yes', 'yes, somebody exploits it'],
] as const;

/** A finding by hand; whoever has many uses TAP, SARIF or the command line. */
export function HandIn() {
  const submit = useAct<Received>('/api/findings');
  const [file, setFile] = useState<File>();
  if (submit.data) return <Receipt of={submit.data} />;
  const send = async (given: Record<string, unknown>) => submit.mutate(await reportOf(given, file));
  return (
    <Page title="Hand in a finding" beside={<Link to="/findings/import">Import a report instead</Link>}>
      <p className="mb-5 max-w-prose">
        Only the clearinghouse and those who are read in see it. A proof of concept is re-run here in a box; without one it stays a claim.
      </p>
      <Form className="max-w-prose" onFormSubmit={(given) => void send(given)}>
        <Field name="title" label="Title" autoComplete="off" />
        <Field
          name="purl"
          label="Package"
          autoComplete="off"
          hint={
            <>
              As a package URL with its version, for example <code>pkg:npm/minimist@1.2.5</code>.
            </>
          }
        />
        <Field name="text" label="What is wrong, and how it is reached" rows={8} />
        <Field name="versions" label="Affected versions" required={false} autoComplete="off" hint="Separated by commas." />
        <Field name="cwe" label="Weakness" required={false} autoComplete="off" hint="For example CWE-125." />
        <Field name="cvss" label="Severity" required={false} autoComplete="off" hint="A CVSS 3.x or 4.0 vector, if you have one." />
        <Field
          name="discoveryMethod"
          label="How it was found"
          required={false}
          autoComplete="off"
          hint="For example manual, or ai-discovered."
        />
        <Field name="discoveryTooling" label="With what" required={false} autoComplete="off" hint="Tool, model and harness." />
        <Choice name="toolingAccess" label="Who has that tooling" of={accesses} chosen="" required={false} />
        <Field name="answerable" label="Who answers for it" required={false} autoComplete="off" hint="A person, by name." />
        <Choice name="exploited" label="Is it exploited already" of={exploitation} chosen="no" />
        <div className="mb-4">
          <label className="font-medium" htmlFor="hand-in-file">
            A file
          </label>
          <input id="hand-in-file" type="file" className="mt-1 block w-full" onChange={(e) => setFile(e.target.files?.[0])} />
        </div>
        {file && <Choice name="type" label="The file is" of={kinds} chosen="exploit-proof-of-concept" />}
        <Refusal error={submit.error} />
        <Button type="submit" disabled={submit.isPending} focusableWhenDisabled>
          Hand in
        </Button>
      </Form>
    </Page>
  );
}

function Receipt({ of }: { of: Received }) {
  return (
    <Page title="It is received">
      <Facts>
        <Fact name="Receipt">
          <code>{of.receipt}</code>
        </Fact>
        <Fact name="Still missing">{of.missing.length > 0 && `${of.missing.join(', ')}: asked for, never a reason to refuse`}</Fact>
        <Fact name="Commitment">
          <code className="[overflow-wrap:anywhere]">{of.commitment}</code>
        </Fact>
        <Fact name="Salt">
          <code className="[overflow-wrap:anywhere]">{of.commitmentSalt}</code>
        </Fact>
      </Facts>
      <p className="mt-3 max-w-prose">
        Keep receipt and salt: together with what you handed in they show that you had it now. Go to{' '}
        <Link to="/findings/$id" params={{ id: of.id }}>
          your finding
        </Link>{' '}
        or back to the <Link to="/">queue</Link>.
      </p>
    </Page>
  );
}

async function reportOf(given: Record<string, unknown>, file: File | undefined): Promise<object> {
  const { title, text, purl, versions, type, exploited, ...others } = given as Record<string, string | undefined>;
  const listed = (versions ?? '').split(',').map((version) => version.trim());
  return {
    ...{ title, text, purl, versions: listed.filter(Boolean), exploited: exploited === 'yes' },
    // What was left empty was not said.
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value)),
    attachments: file ? [{ filename: file.name, contentType: 'application/octet-stream', type, data: await base64Of(file) }] : [],
  };
}
