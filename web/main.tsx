import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import './desk.css';
import { router } from './router.tsx';
import { watchLinks } from './secret.ts';
import { queries } from './session.ts';

watchLinks();
createRoot(document.getElementById('desk')!).render(
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
);
