import { Form } from '@base-ui/react/form';
import { Tag } from '../parts/chips.tsx';
import { Button, Choice, Field } from '../parts/form.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited, Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useAct, useGet } from '../session.ts';
import type { Notice, NoticeChoices } from '../wire.ts';

/** What one was told, and how one wants to be. */
export function Notices() {
  const told = useGet<{ items: readonly Notice[] }>('/api/notices');
  const choices = useGet<NoticeChoices>('/api/notices/choices');
  return (
    <Page title="Your notices">
      <Awaited of={told}>
        {({ items }) => (
          <Table caption="What you were told" columns={columns} rows={items} id={(n) => String(n.seq)} empty="You were told nothing yet." />
        )}
      </Awaited>
      <Section title="How you are told">
        <Awaited of={choices}>{(chosen) => <Choose key={JSON.stringify(chosen)} chosen={chosen} />}</Awaited>
      </Section>
    </Page>
  );
}

const columns: readonly Column<Notice>[] = [
  { head: 'What', cell: (n) => <a href={n.path}>{n.says}</a> },
  { head: 'Kind', cell: (n) => <Tag>{n.kind}</Tag> },
  { head: 'When', cell: (n) => <When at={n.at} /> },
  { head: 'By', cell: (n) => (n.deadlineAt ? <When at={n.deadlineAt} /> : 'nothing is owed') },
];

const yesNo = [
  ['yes', 'yes'],
  ['no', 'no'],
] as const;
const kindWords: Readonly<Record<string, string>> = {
  messages: 'Mail me when somebody writes',
  progress: 'Mail me how a case goes on',
  statements: 'Mail me what suppliers say',
};

function Choose({ chosen }: { chosen: NoticeChoices }) {
  const save = useAct('/api/notices/choices');
  return (
    <Form className="max-w-prose" onFormSubmit={(given) => save.mutate(inputOf(given, chosen))}>
      <p className="mb-4 [overflow-wrap:anywhere]">
        {chosen.isMailed ? `Mail goes to ${chosen.email}.` : 'This hub sends no mail: what you are told lies here.'}
        {chosen.addressFailsSince && ' Mail to you comes back: tell a coordinator.'}
      </p>
      <Choice
        name="pace"
        label="How often"
        of={[
          ['at-once', 'at once'],
          ['daily', 'once a day, except what is due before'],
        ]}
        chosen={chosen.pace}
      />
      <Field name="digestAt" label="The day's mail comes at" type="time" value={chosen.digestAt} />
      <Field name="zone" label="Your time zone" hint="For example: Europe/Berlin." value={chosen.zone} />
      <Field name="from" label="No mail from" type="time" required={false} value={chosen.quiet?.from ?? ''} />
      <Field name="to" label="No mail until" type="time" required={false} value={chosen.quiet?.to ?? ''} />
      <Choice name="incidentThrough" label="An incident wakes you" of={yesNo} chosen={chosen.incidentThrough ? 'yes' : 'no'} />
      {chosen.optional.map((kind) => (
        <Choice key={kind} name={kind} label={kindWords[kind] ?? kind} of={yesNo} chosen={chosen.off.includes(kind) ? 'no' : 'yes'} />
      ))}
      <Choice
        name="protection"
        label="What a mail tells"
        of={[
          ['none', 'a link, never what it is about'],
          ['openpgp', 'also what was written, encrypted to my OpenPGP key'],
          ['age', 'also what was written, encrypted to my age key'],
        ]}
        chosen={chosen.protection}
      />
      <Field name="publicKey" label="Your public key" required={false} rows={4} value={chosen.publicKey ?? ''} />
      <Refusal error={save.error} />
      <Button type="submit" disabled={save.isPending} focusableWhenDisabled>
        Save
      </Button>
      {save.isSuccess && <p role="status">Saved.</p>}
    </Form>
  );
}

function inputOf(given: Record<string, unknown>, { optional }: NoticeChoices): object {
  const { pace, digestAt, zone, from, to, incidentThrough, protection, publicKey } = given;
  const quiet = from && to ? { from, to } : null;
  const off = optional.filter((kind) => given[kind] === 'no');
  const key = protection !== 'none' && publicKey ? { publicKey } : {};
  return { pace, digestAt, zone, quiet, incidentThrough: incidentThrough === 'yes', off, protection, ...key };
}
