/** Why a change of an instance was refused: every obstacle by name. */
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '../../shared/api/problem';
import { plural } from '../../shared/format/names';
import { Problem } from '../../shared/ui/feedback';
import styles from './instances.module.css';
import { obstacles } from './refusals';

export function Refusal({ error, names, advice }: { error: unknown; names: Map<string, string>; advice: string }) {
  // Anything but a refusal has a sentence of its own.
  const found = error instanceof ApiError && (error.status === 400 || error.status === 409) ? obstacles(error.detail, names) : [];
  if (found.length === 0) return <Problem error={error} />;
  return (
    <div className={styles.refusal} role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <div>
        <strong>Nothing was changed: {plural(found.length, 'obstacle')}</strong>
        <ul aria-label="What stands in the way">
          {found.map((each) => <li key={each}>{each}</li>)}
        </ul>
        <p>{advice}</p>
      </div>
    </div>
  );
}
