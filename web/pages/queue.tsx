import { Page } from '../parts/page.tsx';

export function Queue() {
  return <Page title="Queue">…</Page>;
}
