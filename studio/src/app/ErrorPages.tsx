import { Button } from '@mantine/core';
import { IconMapOff, IconPlugX } from '@tabler/icons-react';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { asApiError } from '../shared/api/problem';
import { EmptyState } from '../shared/ui/feedback';
import { Card, Page } from '../shared/ui/Page';

export function MissingPage() {
  return (
    <Page title="Not found" tab="Not found">
      <Card>
        <EmptyState
      icon={<IconMapOff size={24} />}
      title="There is no such page"
      action={<Button component={Link} to="/">Go home</Button>}
    >
      The address may be mistyped or from another version.
    </EmptyState>
      </Card>
    </Page>
  );
}

export function CrashPage({ error, reset }: ErrorComponentProps) {
  const problem = asApiError(error);
  return (
    <Page title="Problem" tab="Problem">
      <Card>
        <EmptyState
      icon={<IconPlugX size={24} />}
      title="This page could not be shown"
      action={<Button onClick={() => { reset(); location.reload(); }}>Reload</Button>}
    >
      {problem.detail || problem.title}. {problem.whatToDo}
    </EmptyState>
      </Card>
    </Page>
  );
}
