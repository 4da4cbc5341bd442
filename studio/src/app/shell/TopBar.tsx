import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconApi, IconDeviceDesktop, IconMoon, IconSearch, IconSun } from '@tabler/icons-react';
import { useState } from 'react';
import { Kbd } from '../../shared/ui/bits';
import { CommandBox } from './CommandBox';
import styles from './shell.module.css';

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function TopBar() {
  const [open, setOpen] = useState(false);
  useHotkeys([['mod+K', () => setOpen(true)]], []);
  return (
    <header className={styles.top}>
      <button type="button" className={styles.commandButton} onClick={() => setOpen(true)} aria-haspopup="dialog">
        <IconSearch size={15} aria-hidden />
        <span>Go to a process, instance, decision or task</span>
        <Kbd>{mac ? '⌘ K' : 'Ctrl K'}</Kbd>
      </button>
      <div className={styles.topSpace} />
      <Tooltip label="REST API description">
        <ActionIcon component="a" href="/v2/openapi.json" target="_blank" rel="noreferrer" variant="subtle" color="gray" size={32} aria-label="REST API description">
          <IconApi size={19} />
        </ActionIcon>
      </Tooltip>
      <SchemeMenu />
      <CommandBox opened={open} close={() => setOpen(false)} />
    </header>
  );
}

function SchemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const icon = { light: <IconSun size={18} />, dark: <IconMoon size={18} />, auto: <IconDeviceDesktop size={18} /> };
  const choices = [['light', 'Light'], ['dark', 'Dark'], ['auto', 'As the system']] as const;
  return (
    <Menu position="bottom-end" width={170}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={32} aria-label="Colour scheme">{icon[colorScheme]}</ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(([value, label]) => (
          <Menu.Item
            key={value}
            leftSection={icon[value]}
            onClick={() => setColorScheme(value)}
            fw={value === colorScheme ? 650 : undefined}
            aria-current={value === colorScheme || undefined}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
