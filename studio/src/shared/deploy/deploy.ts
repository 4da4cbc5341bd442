/** What of a drop can be deployed, and what came of it. */
import type { Deployment } from '../api/types';

const DEPLOYABLE = /\.(bpmn|bpmn20\.xml|dmn|form|xml)$/i;

export interface Choice {
  files: File[];
  refused: string[];
}

export function chooseFiles(all: File[]): Choice {
  return {
    files: all.filter((file) => DEPLOYABLE.test(file.name)),
    refused: all.filter((file) => !DEPLOYABLE.test(file.name)).map((file) => file.name),
  };
}

/** What a deployment brought, in words. The answer counts versions of processes and of decisions differently. */
export function deployedText({ deployments }: Deployment): string {
  return deployments
    .flatMap(({ processDefinition: process, decisionDefinition: decision }) => {
      if (process) return [`${process.processDefinitionId} version ${process.processDefinitionVersion}`];
      return decision ? [`${decision.name || decision.decisionDefinitionId} version ${decision.version}`] : [];
    })
    .join(', ');
}
