import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ApiError } from '../shared/api/problem';
import { LiveProvider } from '../shared/live/LiveProvider';
import { SCHEME_KEY } from './colorScheme';
import { router } from './router';
import { theme } from './theme';

const schemes = localStorageColorSchemeManager({ key: SCHEME_KEY });

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      // What the engine refused once it refuses again; only a server that is away or busy is worth a second try.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status),
    },
  },
});

export function App({ nonce }: { nonce: string }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={schemes} getStyleNonce={() => nonce}>
      <QueryClientProvider client={client}>
        <LiveProvider>
          <RouterProvider router={router} />
        </LiveProvider>
        <Notifications position="bottom-center" limit={3} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
