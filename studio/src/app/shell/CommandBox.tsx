/** Ctrl+K: everything by name or key. A combobox in the pattern of the ARIA guide: focus stays in the input. */
import { Modal } from '@mantine/core';
import { IconAlertTriangle, IconArrowRight, IconChecklist, IconHome, IconPlayerPlay, IconPlug, IconSearch, IconSitemap, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, type NavigateOptions } from '@tanstack/react-router';
import { useEffect, useId, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { decisionsQuery, definitionsQuery, instancesQuery, tasksQuery } from '../../shared/api/queries';
import { Kbd } from '../../shared/ui/bits';
import { findCommands, type Command, type CommandKind } from './commands';
import styles from './shell.module.css';

const ICONS: Record<CommandKind, ReactNode> = {
  home: <IconHome size={17} />,
  process: <IconSitemap size={17} />,
  instance: <IconPlayerPlay size={17} />,
  incident: <IconAlertTriangle size={17} />,
  task: <IconChecklist size={17} />,
  decision: <IconTable size={17} />,
  connector: <IconPlug size={17} />,
  start: <IconArrowRight size={17} />,
};

export function CommandBox({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal.Root opened={opened} onClose={close} size={580} yOffset="12vh">
      <Modal.Overlay backgroundOpacity={0.35} blur={1} />
      <Modal.Content aria-label="Go to">{opened && <Palette close={close} />}</Modal.Content>
    </Modal.Root>
  );
}

function Palette({ close }: { close: () => void }) {
  const [text, setText] = useState('');
  const [index, setIndex] = useState(0);
  const id = useId();
  const navigate = useNavigate();
  const definitions = useQuery(definitionsQuery()).data;
  const decisions = useQuery(decisionsQuery()).data;
  const tasks = useQuery(tasksQuery('CREATED')).data?.items;
  const recent = useQuery(instancesQuery({ page: { limit: 20 } })).data?.items;
  const commands = useMemo(
    () => findCommands(text, { definitions: definitions ?? [], decisions: decisions ?? [], tasks: tasks ?? [], instances: recent ?? [] }),
    [text, definitions, decisions, tasks, recent],
  );
  useEffect(() => setIndex(0), [text]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    void navigate(command.go as NavigateOptions);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const next = commands.length === 0 ? 0 : (index + step + commands.length) % commands.length;
      setIndex(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(commands[index]);
    }
  };

  return (
    <div className={styles.palette}>
      <div className={styles.paletteInput}>
        <IconSearch size={18} aria-hidden />
        <input
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder="Process, instance key, decision, task or page"
          role="combobox"
          aria-label="Go to"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={commands.length > 0 ? `${id}-${index}` : undefined}
          data-autofocus
          spellCheck={false}
        />
        <Kbd>Esc</Kbd>
      </div>
      <div className={styles.paletteList} role="listbox" id={`${id}-list`} aria-label="Results">
        {commands.map((command, position) => (
          <div
            key={command.id}
            id={`${id}-${position}`}
            role="option"
            aria-selected={position === index}
            className={styles.paletteItem}
            onMouseMove={() => setIndex(position)}
            onClick={() => run(command)}
          >
            <span aria-hidden style={{ display: 'inline-flex' }}>{ICONS[command.kind]}</span>
            <span>{command.label}</span>
            <small>{command.hint}</small>
          </div>
        ))}
      </div>
      {commands.length === 0 && <div className={styles.paletteNone}>Nothing matches “{text}”.</div>}
    </div>
  );
}
