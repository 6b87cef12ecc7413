import { type ReactNode, useEffect, useRef } from 'react';

let first = true;

/** A page: its heading takes the focus when one comes from another page, so that a screen reader says where one is. */
export function Page({ title, over, beside, children }: { title: string; over?: ReactNode; beside?: ReactNode; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Breakwater`;
    if (!first) heading.current?.focus();
    first = false;
  }, [title]);
  return (
    <>
      <header className="mb-5">
        {over && <p className="mb-1 text-soft">{over}</p>}
        <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
          <h1 ref={heading} tabIndex={-1} className="text-2xl leading-tight font-semibold text-balance [overflow-wrap:anywhere]">
            {title}
          </h1>
          {beside}
        </div>
      </header>
      {children}
    </>
  );
}

export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="mt-8">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-lg font-semibold">{title}</h2>
        {note && <p className="text-soft">{note}</p>}
      </div>
      {children}
    </section>
  );
}

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid gap-x-6 gap-y-2 border border-line bg-sheet p-4 md:grid-cols-[minmax(9rem,max-content)_1fr]">{children}</dl>;
}

/** A name and its value; what is not there is not listed. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === null || children === false || children === '') return null;
  return (
    <div className="contents">
      <dt className="text-soft max-md:text-[0.87em]">{name}</dt>
      <dd className="min-w-0 max-md:-mt-2 max-md:mb-1">{children}</dd>
    </div>
  );
}
