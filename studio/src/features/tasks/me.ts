/** Who claims a task: whoever the server takes this browser for. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { request } from '../../shared/api/client';

const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => request<{ username?: string | null }>('GET', '/v2/authentication/me', { signal }),
  staleTime: 5 * 60_000,
});

export function useMe(): string {
  return useQuery(meQuery).data?.username || 'me';
}
