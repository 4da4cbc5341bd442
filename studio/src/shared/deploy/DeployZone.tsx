/** Deploying by dropping files anywhere on the page, with every finding of a refused deployment. */
import { Button, Modal } from '@mantine/core';
import { IconCircleX, IconFileUpload, IconInfoCircle, IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { deploy } from '../api/commands';
import { asApiError, diagnosticsOf, type Diagnostic } from '../api/problem';
import { plural } from '../format/names';
import { tellProblem, told } from '../ui/feedback';
import { ApiError } from '../api/problem';
import { chooseFiles, deployedText } from './deploy';
import styles from './deploy.module.css';

export function DeployZone({ children }: { children: (chooseFile: () => void, busy: boolean) => ReactNode }) {
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [names, setNames] = useState<string[]>([]);
  const upload = useMutation({
    mutationFn: deploy,
    onSuccess: (answer, files) => {
      told('Deployed', deployedText(answer) || files.map((file) => file.name).join(', '));
      for (const queryKey of [['definitions'], ['decisions']]) void client.invalidateQueries({ queryKey });
    },
  });
  const take = (all: File[]) => {
    if (all.length === 0) return;
    const { files, refused } = chooseFiles(all);
    if (files.length === 0) {
      tellProblem(new ApiError(-1, 'Nothing to deploy', `${refused.join(', ')}: no model.`, 'Drop files that end in .bpmn, .dmn or .form.'));
      return;
    }
    setNames(files.map((file) => file.name));
    upload.mutate(files);
  };
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });

  // The whole window is the target, so that a file dropped beside a small box does not replace the page.
  useEffect(() => {
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const handlers: [keyof WindowEventMap, (event: DragEvent) => void][] = [
      ['dragenter', (event) => holdsFiles(event) && ((depth += 1), setOver(true))],
      ['dragleave', (event) => holdsFiles(event) && (depth -= 1) <= 0 && setOver(false)],
      ['dragover', (event) => holdsFiles(event) && event.preventDefault()],
      ['drop', (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setOver(false);
        latest.current([...(event.dataTransfer?.files ?? [])]);
      }],
    ];
    for (const [name, handler] of handlers) window.addEventListener(name, handler as EventListener);
    return () => {
      for (const [name, handler] of handlers) window.removeEventListener(name, handler as EventListener);
    };
  }, []);

  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".bpmn,.xml,.dmn,.form"
        multiple
        hidden
        aria-label="Files to deploy"
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {children(() => input.current?.click(), upload.isPending)}
      {over && (
        <div className={styles.drop}>
          <div><IconFileUpload size={32} aria-hidden /><strong>Drop to deploy</strong><span>Processes (.bpmn), decisions (.dmn), forms (.form)</span></div>
        </div>
      )}
      <Modal opened={upload.isError} onClose={() => upload.reset()} title={`${names.join(', ')} was not deployed`} size={680}>
        {upload.isError && <Findings error={upload.error} close={() => upload.reset()} />}
      </Modal>
    </>
  );
}

const SEVERITY: Record<Diagnostic['severity'], ReactNode> = {
  error: <IconCircleX size={17} aria-label="Error" />,
  warning: <IconAlertTriangle size={17} aria-label="Warning" />,
  info: <IconInfoCircle size={17} aria-label="Note" />,
};

function Findings({ error, close }: { error: unknown; close: () => void }) {
  const problem = asApiError(error);
  const findings = diagnosticsOf(problem);
  return (
    <div className={styles.findings}>
      <p>{findings.length > 0 ? `${plural(findings.length, 'finding')}. Nothing was changed on the server.` : problem.title}</p>
      <ul>
        {findings.map((finding, index) => (
          <li key={index} data-severity={finding.severity}>
            {SEVERITY[finding.severity]}
            <div>
              <div className={styles.findingText}><Marked text={finding.message} /></div>
              <div className={styles.findingPlace}>
                {[finding.code, finding.resource, finding.elementId && `element ${finding.elementId}`, finding.line && `line ${finding.line}${finding.column ? `, column ${finding.column}` : ''}`]
                  .filter(Boolean)
                  .join(' · ')}
              </div>
              {finding.help && <div className={`${styles.findingHelp} ${styles.findingText}`}><Marked text={finding.help} /></div>}
            </div>
          </li>
        ))}
      </ul>
      <p className={styles.findingHelp}>Correct the model and drop it again.</p>
      <Button onClick={close}>Close</Button>
    </div>
  );
}

/** Text in which names of the model stand in backticks. */
function Marked({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
