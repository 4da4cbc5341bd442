/** JSON text with syntax colours, folding and errors at the place; loaded only where someone edits. */
import { lazy, Suspense } from 'react';
import { checkJson, checkObject } from '../format/json';
import styles from './ui.module.css';

const CodeEditor = lazy(() => import('./CodeEditor'));

export interface JsonEditorProps {
  value: string;
  onChange: (text: string) => void;
  label: string;
  /** Only an object is valid: a set of variables. */
  object?: boolean;
  minHeight?: number;
  onSubmit?: () => void;
}

export function JsonEditor({ value, onChange, label, object, minHeight = 140, onSubmit }: JsonEditorProps) {
  const check = (object ? checkObject : checkJson)(value);
  return (
    <div>
      <div className={styles.editor} style={{ minHeight }}>
        <Suspense fallback={<div style={{ minHeight }} role="status" aria-label="Loading the editor" />}>
          <CodeEditor value={value} onChange={onChange} label={label} minHeight={minHeight} onSubmit={onSubmit} />
        </Suspense>
      </div>
      <p className={styles.editorError} role="status">{check.ok ? '' : check.message}</p>
    </div>
  );
}
