/** Says that the server is away, and of when is what the page still shows. */
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { statusQuery } from '../../shared/api/queries';
import { clock } from '../../shared/format/time';
import { refreshAll } from '../../shared/live/refresh';
import styles from './shell.module.css';

export function ConnectionBanner() {
  const status = useQuery(statusQuery());
  const client = useQueryClient();
  const away = status.isError;
  const was = useRef(false);
  // The stream of events may not have noticed; then nobody else asks again for what failed meanwhile.
  useEffect(() => {
    if (was.current && !away) refreshAll(client);
    was.current = away;
  }, [away, client]);
  return (
    <div role="status" className={styles.bannerPlace}>
      {away && (
        <div className={styles.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          <span>
            <strong>The server cannot be reached.</strong>{' '}
            {status.dataUpdatedAt > 0 && `What you see is from ${clock(status.dataUpdatedAt)}. `}
            Check that it is running; this page goes on by itself once it is back.
          </span>
        </div>
      )}
    </div>
  );
}
