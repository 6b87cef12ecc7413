import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { get, withQuery } from '../../api.ts';
import { Tag } from '../../parts/chips.tsx';
import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Loading, Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useWho } from '../../session.ts';
import type { Case, Messages as Found, Message } from '../../wire.ts';
import { usePlace } from './outside.tsx';
import { Write } from './write-message.tsx';

const atOnce = 100;

/** What the participants write, as far as one reads it, the last ones first to be fetched; what is new is marked until one says that it is read. */
export function Messages({ of }: { of: Case }) {
  const isStaff = useWho().data?.roles.includes('coordinator') ?? false;
  const mayWrite = usePlace().coordinates || !isStaff;
  const path = `/api/cases/${of.id}/messages`;
  const found = useInfiniteQuery<Found, Error, Found[], readonly unknown[], number | undefined>({
    queryKey: [path],
    queryFn: ({ pageParam }) => get<Found>(withQuery(path, { limit: atOnce, before: pageParam })),
    initialPageParam: undefined,
    getNextPageParam: ({ items }) => (items.length < atOnce ? undefined : items[0]!.seq),
    select: ({ pages }) => pages,
  });
  const items = (found.data ?? []).toReversed().flatMap((page) => page.items);
  const { unread, readUpTo } = found.data?.[0] ?? { unread: 0, readUpTo: 0 };
  return (
    <Section title="Messages">
      {found.isPending && <Loading />}
      <Refusal error={found.error} />
      {found.data && (
        <>
          {unread > 0 && <Unread caseId={of.id} unread={unread} upTo={items.at(-1)!.seq} />}
          {found.hasNextPage && (
            <p className="mb-2">
              <Button quiet disabled={found.isFetchingNextPage} focusableWhenDisabled onClick={() => void found.fetchNextPage()}>
                Show older messages
              </Button>
            </p>
          )}
          {items.length === 0 ? (
            <p className="border border-line bg-sheet px-4 py-6 text-soft">Nobody has written yet.</p>
          ) : (
            <ol className="divide-y divide-line border border-line bg-sheet px-4">
              {items.map((message) => (
                <One key={message.seq} caseId={of.id} message={message} isNew={message.seq > readUpTo} />
              ))}
            </ol>
          )}
          {of.state !== 'closed' && mayWrite && <Write of={of} authors={authorsOf(items)} />}
        </>
      )}
    </Section>
  );
}

function Unread({ caseId, unread, upTo }: { caseId: string; unread: number; upTo: number }) {
  const read = useAct(`/api/cases/${caseId}/messages/read`);
  return (
    <div className="mb-2 flex flex-wrap items-center gap-3">
      <p role="status">{unread === 1 ? 'One message is' : `${unread} messages are`} new to you.</p>
      <Button quiet disabled={read.isPending} focusableWhenDisabled onClick={() => read.mutate({ upTo })}>
        Mark as read
      </Button>
      <Refusal error={read.error} />
    </div>
  );
}

const audiences = ['tier 0 only', 'tiers 0 and 1', 'tiers 0 to 2', 'everybody in the case'];

function One({ caseId, message, isNew }: { caseId: string; message: Message; isNew: boolean }) {
  const me = useWho().data;
  const { authorId, authorName, at, tier, withId, way, text, files, mentions, seq } = message;
  return (
    <li className="py-3">
      <p className="flex flex-wrap items-center gap-2 text-soft">
        <span>
          <span className="font-medium text-ink">{authorName}</span>, <When at={at} />
        </span>
        {isNew && authorId !== me?.id && <Tag tone="care">new</Tag>}
        {me && mentions.includes(me.id) && <Tag tone="care">names you</Tag>}
        {way === 'mail' && <Tag>by mail</Tag>}
        <Tag>{withId === null ? audiences[tier] : 'with the coordinators alone'}</Tag>
      </p>
      <p className="max-w-prose [overflow-wrap:anywhere] whitespace-pre-wrap">{text}</p>
      {files.length > 0 && (
        <ul className="mt-1 flex flex-wrap gap-2" aria-label="Files">
          {files.map((file) => (
            <li key={file.id}>
              <Download path={`/api/cases/${caseId}/messages/${seq}/files/${file.id}`} name={file.filename} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Fetched when it is asked for: each time it is, stands in the log. */
function Download({ path, name }: { path: string; name: string }) {
  const fetched = useMutation<void, Error>({
    async mutationFn() {
      const { filename, data } = await get<{ filename: string; data: string }>(path);
      const link = document.createElement('a');
      link.href = `data:application/octet-stream;base64,${data}`;
      link.download = filename;
      link.click();
    },
  });
  return (
    <>
      <Button quiet disabled={fetched.isPending} focusableWhenDisabled onClick={() => fetched.mutate()}>
        {name}
      </Button>
      <Refusal error={fetched.error} />
    </>
  );
}

/** Whom one can name: who has written what one reads. */
function authorsOf(items: readonly Message[]): readonly (readonly [id: string, name: string])[] {
  return [...new Map(items.filter((m) => m.authorId.startsWith('psn_')).map((m) => [m.authorId, m.authorName]))];
}
