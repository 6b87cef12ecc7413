import { Page } from '../parts/page.tsx';

export function Review() {
  return <Page title="Review">…</Page>;
}
