import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error.ts';
import { onKeyChange, currentKey } from './key.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The gateway may run on this very machine: `navigator.onLine` says nothing about it.
      networkMode: 'always',
      staleTime: 10_000,
      retry: (failures, error) => !(error instanceof ApiError && error.status < 500) && failures < 2,
      retryDelay: (attempt) => 500 * 2 ** attempt,
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always' },
  },
});

onKeyChange(() => {
  if (!currentKey().wanted) void queryClient.resetQueries();
});
