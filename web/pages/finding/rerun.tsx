import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Fact, Facts } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Finding, LookedAt, RecipeChoices, Validation } from '../../wire.ts';

/** What a coordinator can do for a verdict: take it up again, re-run it otherwise, adopt a recipe that came with it. */
export function ForStaff({ finding, newest }: { finding: Finding; newest: Validation | undefined }) {
  const isOpen = newest && ['requested', 'running', 'parked'].includes(newest.state);
  return (
    <div className="mt-4 grid gap-3">
      {newest?.state === 'parked' && <Retry id={newest.id} />}
      {!isOpen && <Rerun finding={finding} />}
      <Adopt finding={finding} />
    </div>
  );
}

function Retry({ id }: { id: string }) {
  const act = useAct(`/api/validations/${id}/retry`);
  return (
    <div>
      <Refusal error={act.error} />
      <Button disabled={act.isPending} focusableWhenDisabled onClick={() => act.mutate({})}>
        Try again
      </Button>
    </div>
  );
}

function Rerun({ finding }: { finding: Finding }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer text-accent">Re-run it</summary>
      {isOpen && <RerunForm finding={finding} />}
    </details>
  );
}

function RerunForm({ finding }: { finding: Finding }) {
  const choices = useGet<RecipeChoices>(`/api/findings/${finding.id}/recipes`);
  const act = useAct('/api/validations/repeat');
  return (
    <Awaited of={choices}>
      {({ items }) => (
        <Form
          className="mt-3 max-w-md"
          onFormSubmit={({ recipe, runs, needed }) =>
            act.mutate({ id: finding.id, runs: Number(runs), needed: Number(needed), ...(recipe === 'all' ? {} : { recipes: [recipe] }) })
          }
        >
          <Choice
            name="recipe"
            label="Under which recipe"
            chosen="all"
            of={[['all', `all there are (${items.length})`], ...items.map(named)]}
          />
          <Field name="runs" label="Runs of each input on each build" type="number" value="3" />
          <Field
            name="needed"
            label="So many of them must show it"
            type="number"
            value="3"
            hint="fewer than all for flaws that show by chance"
          />
          <Refusal error={act.error} />
          <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
            Re-run
          </Button>
        </Form>
      )}
    </Awaited>
  );
}

const named = ({ id, title, origin }: RecipeChoices['items'][number]) =>
  [id, origin === 'finder' ? `${title}, adopted` : `${id}: ${title}`] as const;

/** Largest first in doubt: whatever may be read as a recipe. */
const mayBeRecipe = (file: Finding['attachments'][number]) => /\.ya?ml$/i.test(file.filename) || file.contentType === 'application/json';

function Adopt({ finding }: { finding: Finding }) {
  return finding.attachments.filter(mayBeRecipe).map((file) => <LookAt key={file.id} finding={finding} file={file} />);
}

function LookAt({ finding, file }: { finding: Finding; file: Finding['attachments'][number] }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer text-accent [overflow-wrap:anywhere]">Look at the finder’s recipe {file.filename}</summary>
      {isOpen && <Looked finding={finding} attachmentId={file.id} />}
    </details>
  );
}

function Looked({ finding, attachmentId }: { finding: Finding; attachmentId: string }) {
  const looked = useGet<LookedAt>(`/api/findings/${finding.id}/recipes/${attachmentId}`);
  const act = useAct(`/api/findings/${finding.id}/recipes`);
  return (
    <Awaited of={looked}>
      {(found) => (
        <div className="mt-3">
          <p className="mb-2 text-soft">A stranger wrote it. Nothing of it has been run, and nothing will be until somebody adopts it.</p>
          <Does of={found} />
          <h3 className="mt-3 mb-1 font-semibold" id={`recipe-${attachmentId}`}>
            The recipe itself
          </h3>
          <section
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
            tabIndex={0}
            aria-labelledby={`recipe-${attachmentId}`}
            className="max-h-96 overflow-auto border border-line bg-sheet p-4"
          >
            <pre className="mono whitespace-pre-wrap">{found.text}</pre>
          </section>
          {found.does && !found.adopted && (
            <Form className="mt-3 max-w-md" onFormSubmit={({ because }) => act.mutate({ attachmentId, sha256: found.sha256, because })}>
              <Field name="because" label="What you looked at, and why a verdict under it counts" rows={3} />
              <Refusal error={act.error} />
              <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
                Adopt it for this finding
              </Button>
            </Form>
          )}
        </div>
      )}
    </Awaited>
  );
}

function Does({ of }: { of: LookedAt }) {
  if (!of.does) return <p>It cannot be adopted: {of.refused}</p>;
  const { does, adopted } = of;
  return (
    <Facts>
      <Fact name="Title">{does.title}</Fact>
      <Fact name="Target">
        <code>{does.target}</code>
      </Fact>
      <Fact name="Fetches">{lines(does.fetches)}</Fact>
      <Fact name="Builds by">{does.builds.length > 0 && lines(does.builds)}</Fact>
      <Fact name="Runs">
        <code>{does.runs}</code>
      </Fact>
      <Fact name="Takes as evidence">{does.oracle}</Fact>
      <Fact name="Compares with">{does.hasFixed ? 'a fixed build of its own' : 'nothing: it has no fixed build'}</Fact>
      <Fact name="Self-check">{does.hasSelfCheck ? 'the oracle must see it' : 'none: silence may only mean that the oracle is blind'}</Fact>
      <Fact name="Adopted">
        {adopted && (
          <>
            <When at={adopted.adoptedAt} />: {adopted.because}
          </>
        )}
      </Fact>
    </Facts>
  );
}

function lines(of: readonly string[]) {
  return (
    <ul>
      {of.map((line) => (
        <li key={line}>
          <code>{line}</code>
        </li>
      ))}
    </ul>
  );
}
