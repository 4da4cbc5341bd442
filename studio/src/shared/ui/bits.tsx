/** Small parts that every list uses. */
import { Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { ago, duration, exactTime } from '../format/time';
import styles from './ui.module.css';
import { useNow } from './useNow';

/** Copies text; the clipboard API is there only on https and localhost, so the old way stays as fallback. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function CopyButton({ value, label }: { value: string; label: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Tooltip label={copied ? 'Copied' : label}>
      <button
        type="button"
        className={styles.copy}
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          void copy(value).then(() => {
            setCopied(true);
            setTimeout(() => setCopied(false), 1500);
          });
        }}
      >
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </button>
    </Tooltip>
  );
}

export function KeyText({ value, label = 'key' }: { value: string; label?: string }) {
  return (
    <span className={styles.key}>
      {value}
      <CopyButton value={value} label={`Copy ${label}`} />
    </span>
  );
}

export function Ago({ time }: { time: string | number | null | undefined }) {
  const now = useNow();
  return <time title={exactTime(time)} className="num">{ago(time, now)}</time>;
}

export function Duration({ from, to }: { from: string; to?: string | null }) {
  const now = useNow();
  return <span className="num">{duration(from, to, now)}</span>;
}

export function Kbd({ children }: { children: string }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
