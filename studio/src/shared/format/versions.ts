import type { DecisionDefinition, ProcessDefinition } from '../api/types';
import { definitionTitle } from './names';

/** The newest version of each process, by name. */
export function latestVersions(definitions: ProcessDefinition[]): ProcessDefinition[] {
  return newest(definitions, (each) => each.processDefinitionId).sort((a, b) => definitionTitle(a).localeCompare(definitionTitle(b)));
}

/** The newest version of each decision, by the name of its requirements graph, then its own. */
export function latestDecisions(definitions: DecisionDefinition[]): DecisionDefinition[] {
  return newest(definitions, (each) => each.decisionDefinitionId).sort(
    (a, b) => a.decisionRequirementsName.localeCompare(b.decisionRequirementsName) || decisionTitle(a).localeCompare(decisionTitle(b)),
  );
}

export function decisionTitle(definition: { name?: string | null; decisionDefinitionId: string }): string {
  return definition.name || definition.decisionDefinitionId;
}

function newest<T extends { version: number; tenantId: string }>(definitions: T[], idOf: (definition: T) => string): T[] {
  const latest = new Map<string, T>();
  for (const definition of definitions) {
    const id = `${definition.tenantId}\u0000${idOf(definition)}`;
    const known = latest.get(id);
    if (!known || known.version < definition.version) latest.set(id, definition);
  }
  return [...latest.values()];
}
