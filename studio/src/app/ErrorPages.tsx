/** What stands in the place of a screen that does not exist or could not be shown. */
import { Button, Group } from '@mantine/core';
import { IconMapOff, IconPlugConnectedX, IconPlugX } from '@tabler/icons-react';
import { Link, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { asApiError } from '../shared/api/problem';
import { useLive } from '../shared/live/LiveProvider';
import { EmptyState } from '../shared/ui/feedback';
import { Card, Page } from '../shared/ui/Page';
import { isMissingPart, mayReload } from './parts';

export function MissingPage() {
  return (
    <Page title="Not found" tab="Not found">
      <Card>
        <EmptyState
          icon={<IconMapOff size={24} />}
          title="There is no such page"
          action={
            <Group gap="xs">
              <Button component={Link} to="/">Go home</Button>
              <Button component={Link} to="/processes" variant="default">Processes</Button>
              <Button component={Link} to="/instances" variant="default">Instances</Button>
              <Button component={Link} to="/tasks" variant="default">Tasks</Button>
            </Group>
          }
        >
          The address may be mistyped or from another version. The search field above finds processes, instances, decisions and tasks.
        </EmptyState>
      </Card>
    </Page>
  );
}

export function CrashPage({ error, reset }: ErrorComponentProps) {
  if (isMissingPart(error)) return <MissingPart />;
  const problem = asApiError(error);
  return (
    <Page title="Problem" tab="Problem">
      <Card>
        <EmptyState
          icon={<IconPlugX size={24} />}
          title="This page could not be shown"
          action={
            <Group gap="xs">
              <Button onClick={() => { reset(); location.reload(); }}>Reload</Button>
              <Button component={Link} to="/" variant="default">Go home</Button>
            </Group>
          }
        >
          {problem.detail || problem.title}. {problem.whatToDo}
        </EmptyState>
      </Card>
    </Page>
  );
}

/** A screen whose file did not come: the server is away, or a newer one has other files. Both end by themselves. */
function MissingPart() {
  const live = useLive();
  const [asking, setAsking] = useState(false);
  const [still, setStill] = useState(false);
  useEffect(() => {
    if (live === 'live' && mayReload(sessionStorage, Date.now())) location.reload();
  }, [live]);
  const ask = async () => {
    setAsking(true);
    const there = await fetch('/v2/topology').then((answer) => answer.ok, () => false);
    if (there) location.reload();
    setAsking(false);
    setStill(!there);
  };
  return (
    <Page title="Waiting for the server" tab="Waiting">
      <Card>
        <EmptyState icon={<IconPlugConnectedX size={24} />} title="This page could not be loaded yet" action={<Button onClick={() => void ask()} loading={asking}>Try again</Button>}>
          {still ? 'The server still cannot be reached.' : 'The server did not send it.'} Check that it is running; the page opens by itself once it is back.
        </EmptyState>
      </Card>
    </Page>
  );
}
