import { Form } from '@base-ui/react/form';
import { withQuery } from '../api.ts';
import { Button, Choice, Field } from '../parts/form.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Awaited, Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useAct, useGet } from '../session.ts';
import type { Backlog, Projects } from '../wire.ts';

/** The packages that one speaks for: how much waits for them, and how fast it comes. */
export function ProjectsPage() {
  const found = useGet<Projects>('/api/projects');
  return (
    <Awaited of={found} page="Projects">
      {({ items }) => (
        <Page title="Projects">
          {items.length === 0 && (
            <p>
              The clearinghouse has not noted yet which packages your organisation speaks for. Write to it, and say how it can make sure.
            </p>
          )}
          {items.map((project) => (
            <Project key={project.package} name={project.package} />
          ))}
        </Page>
      )}
    </Awaited>
  );
}

function Project({ name }: { name: string }) {
  const found = useGet<Backlog>(withQuery('/api/projects/backlog', { package: name }));
  return (
    <Section title={name}>
      <Awaited of={found}>
        {(backlog) => (
          <>
            <Facts>
              <Fact name="You take">{paceSpelled(backlog)}</Fact>
              <Fact name="Came in the last seven days">{String(backlog.deliveredThisWeek)}</Fact>
              <Fact name="The next place">{backlog.nextAt && <When at={backlog.nextAt} left />}</Fact>
              <Fact name="An incident">
                {backlog.pace?.incidentsAtOnce
                  ? 'comes at once, as you consented'
                  : 'waits like everything else: you have not consented to more'}
              </Fact>
            </Facts>
            <h3 className="mt-4 mb-2 font-semibold">What waits for you</h3>
            <Table caption={`Waiting for ${name}, by band`} columns={columns} rows={backlog.waiting} id={(row) => row.band} empty="" />
            <Consent of={backlog} />
            <Pace of={backlog} />
          </>
        )}
      </Awaited>
    </Section>
  );
}

function paceSpelled({ pace }: Backlog): string {
  if (!pace) return 'whatever comes: you have set no pace';
  if (pace.paused) return pace.paused.until ? `nothing until ${pace.paused.until}` : 'nothing until you say otherwise';
  const number = pace.weekly === null ? 'as many as come' : `at most ${pace.weekly} in any seven days`;
  return pace.bands.length === 4 ? number : `${number}, of ${pace.bands.join(', ')} only`;
}

const columns: readonly Column<Backlog['waiting'][number]>[] = [
  { head: 'Band', cell: (row) => row.band },
  { head: 'Reports', cell: (row) => row.waiting },
  { head: 'The oldest since', cell: (row) => (row.oldestWeek ? `the week of ${row.oldestWeek.from.slice(0, 10)}` : '–') },
];

function Consent({ of }: { of: Backlog }) {
  const act = useAct('/api/projects/pace/incidents');
  const isGiven = of.pace?.incidentsAtOnce ?? false;
  return (
    <div className="mt-4">
      <Refusal error={act.error} />
      <Button
        quiet
        onClick={() => act.mutate({ package: of.package, incidentsAtOnce: !isGiven })}
        disabled={act.isPending}
        focusableWhenDisabled
      >
        {isGiven ? 'Let incidents wait like everything else' : 'Let incidents come at once'}
      </Button>
    </div>
  );
}

const bandChoices = [
  ['INCIDENT,URGENT,STANDARD,NEEDS-INFO', 'everything'],
  ['INCIDENT,URGENT,STANDARD', 'what was replayed or comes with a proof of concept'],
  ['INCIDENT,URGENT', 'what is urgent'],
  ['INCIDENT', 'incidents alone'],
] as const;

function Pace({ of }: { of: Backlog }) {
  const act = useAct('/api/projects/pace');
  const send = ({ weekly, bands, paused }: Record<string, unknown>) =>
    act.mutate({
      package: of.package,
      weekly: weekly ? Number(weekly) : null,
      bands: String(bands).split(','),
      paused: paused === 'yes' ? {} : null,
    });
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Set the pace</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={send}>
        <Field
          name="weekly"
          label="Reports in any seven days"
          type="number"
          required={false}
          value={of.pace?.weekly ? String(of.pace.weekly) : ''}
          hint="As many as come, when left empty."
        />
        <Choice name="bands" label="Which ones now" of={bandChoices} chosen={bandChoices[0][0]} />
        <Choice
          name="paused"
          label="Pause"
          chosen={of.pace?.paused ? 'yes' : 'no'}
          of={[
            ['no', 'no'],
            ['yes', 'yes, until I say otherwise'],
          ]}
        />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Set it
        </Button>
      </Form>
    </details>
  );
}
