import type { ProcessDefinition } from '../api/types';
import { definitionTitle } from './names';

/** The newest version of each process, by name. */
export function latestVersions(definitions: ProcessDefinition[]): ProcessDefinition[] {
  const latest = new Map<string, ProcessDefinition>();
  for (const definition of definitions) {
    const id = `${definition.tenantId}\u0000${definition.processDefinitionId}`;
    const known = latest.get(id);
    if (!known || known.version < definition.version) latest.set(id, definition);
  }
  return [...latest.values()].sort((a, b) => definitionTitle(a).localeCompare(definitionTitle(b)));
}
