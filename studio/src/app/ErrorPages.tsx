import { Button } from '@mantine/core';
import { IconMapOff, IconPlugX } from '@tabler/icons-react';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { asApiError } from '../shared/api/problem';
import { EmptyState } from '../shared/ui/feedback';

export function MissingPage() {
  return (
    <EmptyState
      icon={<IconMapOff size={24} />}
      title="There is no such page"
      action={<Button component={Link} to="/">Go home</Button>}
    >
      The address may be mistyped or from another version.
    </EmptyState>
  );
}

export function CrashPage({ error, reset }: ErrorComponentProps) {
  const problem = asApiError(error);
  return (
    <EmptyState
      icon={<IconPlugX size={24} />}
      title="This page could not be shown"
      action={<Button onClick={() => { reset(); location.reload(); }}>Reload</Button>}
    >
      {problem.detail || problem.title}. {problem.whatToDo}
    </EmptyState>
  );
}
