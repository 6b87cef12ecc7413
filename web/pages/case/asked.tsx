import type { ReactNode } from 'react';

/** A form that is there when it is wanted. */
export function Asked({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">{label}</summary>
      <div className="mt-3 max-w-md">{children}</div>
    </details>
  );
}
