import { json, jsonParseLinter } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { linter } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';

const look = EditorView.theme({
  '&': { fontSize: '0.8125rem', color: 'var(--d-text)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--mantine-font-family-monospace)', caretColor: 'var(--d-accent)', padding: '8px 0' },
  '.cm-gutters': { backgroundColor: 'var(--d-surface-2)', color: 'var(--d-text-2)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--d-hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--d-accent)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--d-selected) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--d-surface)', color: 'var(--d-text)', border: '1px solid var(--d-border)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--d-surface-2)', color: 'var(--d-text-2)', border: 'none' },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--d-accent)' },
  { tag: tags.string, color: 'var(--d-ok)' },
  { tag: tags.number, color: 'var(--d-warn)' },
  { tag: [tags.bool, tags.null], color: 'var(--d-danger)' },
]);

export default function CodeEditor({ value, onChange, label, minHeight, onSubmit }: {
  value: string;
  onChange: (text: string) => void;
  label: string;
  minHeight: number;
  onSubmit?: () => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef({ onChange, onSubmit });
  useEffect(() => {
    latest.current = { onChange, onSubmit };
  });

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          Prec.highest(keymap.of([{
            key: 'Mod-Enter',
            run: () => {
              latest.current.onSubmit?.();
              return latest.current.onSubmit !== undefined;
            },
          }])),
          basicSetup,
          json(),
          linter(jsonParseLinter()),
          look,
          EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: `${minHeight}px` } }),
          syntaxHighlighting(colours),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
    // The document is the editor's own after this; outside changes come through the effect below.
  }, [label, minHeight]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={host} />;
}
