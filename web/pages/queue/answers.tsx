import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get, withQuery } from '../../api.ts';
import { Tag, type Tone } from '../../parts/chips.tsx';
import { Button } from '../../parts/form.tsx';
import { Ladder } from '../../parts/ladder.tsx';
import { OrgName } from '../../parts/org-name.tsx';
import { Section } from '../../parts/page.tsx';
import { Loading, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct } from '../../session.ts';
import type { DeskQueue } from '../../wire.ts';

type Item = DeskQueue['items'][number];
type Band = DeskQueue['backlog'][number];

export const bandTone: Record<Band['band'], Tone> = { INCIDENT: 'bad', URGENT: 'care', STANDARD: 'plain', 'NEEDS-INFO': 'plain' };

/** What waits for a first answer of the desk, in the order in which fairness and urgency put it; and how much of it there is. */
export function Answers() {
  const found = useInfiniteQuery<DeskQueue, Error, DeskQueue[], readonly unknown[], string>({
    queryKey: ['/api/findings/queue'],
    queryFn: ({ pageParam }) => get(withQuery('/api/findings/queue', { after: pageParam, limit: 25 })),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    select: ({ pages }) => pages,
  });
  return (
    <Section title="To answer" note="a person of the desk looks, and says so; the lab works meanwhile">
      {found.data ? <Shown pages={found.data} /> : found.error ? <Refusal error={found.error} /> : <Loading />}
      {found.hasNextPage && (
        <p className="mt-3">
          <Button quiet disabled={found.isFetchingNextPage} focusableWhenDisabled onClick={() => void found.fetchNextPage()}>
            Show more that waits
          </Button>
        </p>
      )}
    </Section>
  );
}

function Shown({ pages }: { pages: readonly DeskQueue[] }) {
  const rows = pages.flatMap((page) => page.items);
  return (
    <>
      <Table caption="Backlog, by band" columns={bandColumns} rows={pages[0]!.backlog} id={(of) => of.band} empty="" />
      <div className="mt-3">
        <Table
          caption="To answer, first things first"
          columns={columns}
          rows={rows}
          id={(of) => of.findingId}
          empty="Everything has its answer."
        />
      </div>
    </>
  );
}

const bandColumns: readonly Column<Band>[] = [
  { head: 'Band', cell: (of) => <Tag tone={bandTone[of.band]}>{of.band}</Tag> },
  { head: 'Waiting', cell: (of) => of.waiting.toLocaleString('en') },
  { head: 'Overdue', cell: (of) => (of.overdue > 0 ? <strong>{of.overdue.toLocaleString('en')}</strong> : 'none') },
  { head: 'Beyond a quota', cell: (of) => (of.overQuota > 0 ? of.overQuota.toLocaleString('en') : 'none') },
  { head: 'Oldest', cell: (of) => (of.oldestAt ? <When at={of.oldestAt} /> : '–') },
  { head: 'Usual wait', cell: (of) => usualWait(of.usualWaitHours) },
];

export function usualWait(hours: number | null): string {
  if (hours === null) return 'too few to say';
  return hours <= 1 ? 'within an hour' : `${hours} hours`;
}

const columns: readonly Column<Item>[] = [
  {
    head: 'Finding',
    cell: (of) => (
      <>
        <Link to="/findings/$id" params={{ id: of.findingId }} className="font-medium">
          {of.finding.title}
        </Link>
        <code className="block text-soft">{of.finding.purl}</code>
      </>
    ),
  },
  {
    head: 'Band',
    cell: (of) => (
      <>
        <Tag tone={bandTone[of.band]}>{of.band}</Tag>
        <span className="block text-soft">
          {of.because}
          {of.isOverQuota && '; beyond its quota of the day'}
        </span>
      </>
    ),
  },
  { head: 'From', cell: (of) => <OrgName id={of.orgId} /> },
  { head: 'Evidence', cell: (of) => <Ladder rung={of.finding.rung} compact /> },
  { head: 'Answer by', cell: (of) => <AnswerBy at={of.acknowledgeBy} isOverdue={of.isOverdue} /> },
  { head: 'Answer', cell: (of) => <Acknowledge id={of.findingId} title={of.finding.title} /> },
];

export function AnswerBy({ at, isOverdue }: { at: string; isOverdue: boolean }) {
  return (
    <span className={isOverdue ? 'font-semibold text-bad' : ''}>
      <When at={at} left />
      {isOverdue && ' overdue'}
    </span>
  );
}

export function Acknowledge({ id, title }: { id: string; title: string }) {
  const act = useAct(`/api/findings/${id}/acknowledge`);
  return (
    <>
      <Button quiet onClick={() => act.mutate({})} disabled={act.isPending} focusableWhenDisabled aria-label={`I have looked at ${title}`}>
        I have looked
      </Button>
      <Refusal error={act.error} />
    </>
  );
}
