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
      // The server may be on this very computer: what the browser thinks of the network says nothing.
      networkMode: 'always',
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      // What the engine refused once it refuses again; only a server that is busy is worth more tries. One that is away is
      // asked again by the live updates; the reader should hear of it soon.
      retry: (failures, error) => error instanceof ApiError && (error.status === 0 ? failures < 1 : failures < 2 && [429, 502, 503, 504].includes(error.status)),
    },
    mutations: { networkMode: 'always' },
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
