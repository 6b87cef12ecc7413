import { Page } from '../parts/page.tsx';

export function Fixes() {
  return <Page title="Fixes">…</Page>;
}
