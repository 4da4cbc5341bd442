/**
 * A plain table. A row that leads somewhere is clickable as a whole for the mouse; its first cell holds the real link
 * for the keyboard and the screen reader.
 */
import type { MouseEvent, ReactNode } from 'react';
import styles from './ui.module.css';

export interface Column<T> {
  header: string;
  cell: (row: T) => ReactNode;
  align?: 'right';
  width?: string | number;
}

interface TableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  onOpen?: (row: T) => void;
  selected?: (row: T) => boolean;
}

export function Table<T>({ label, columns, rows, rowKey, onOpen, selected }: TableProps<T>) {
  const open = (row: T) => (event: MouseEvent<HTMLElement>) => {
    if (!onOpen || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey) return;
    if (event.target instanceof Element && event.target.closest('a, button, input')) return;
    onOpen(row);
  };
  return (
    <div className={styles.tableWrap} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.header} scope="col" className={column.align ? styles[column.align] : undefined} style={{ width: column.width }}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-link={onOpen ? true : undefined} data-selected={selected?.(row)} onClick={open(row)}>
              {columns.map((column) => (
                <td key={column.header} className={column.align ? styles[column.align] : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export { styles as tableStyles };
