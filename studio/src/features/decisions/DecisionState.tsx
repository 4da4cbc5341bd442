import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Chip } from '../../shared/ui/Chip';

export function DecisionState({ state }: { state: string }) {
  return state === 'FAILED'
    ? <Chip tone="danger" icon={<IconAlertTriangle size={13} aria-hidden />}>Failed</Chip>
    : <Chip tone="ok" icon={<IconCircleCheck size={13} aria-hidden />}>Evaluated</Chip>;
}
