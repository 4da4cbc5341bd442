/** Incidents of the same making belong together: same process, same element, same kind, same message but for its numbers. */
import type { Incident } from '../api/types';
import { sentence } from './sentence';

export interface IncidentGroup {
  id: string;
  message: string;
  errorType: string;
  elementId: string;
  elementName?: string | null;
  processDefinitionId: string;
  processDefinitionKey: string;
  incidents: Incident[];
  newest: string;
}

/** The message without what differs from instance to instance: keys, numbers, quoted identifiers, addresses. */
export function fingerprint(message: string): string {
  return message
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '#')
    .replace(/\b(?!(?:[1-5]\d\d)\b)\d[\d.,:]*\b/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

export function groupIncidents(incidents: Incident[]): IncidentGroup[] {
  const groups = new Map<string, IncidentGroup>();
  for (const incident of incidents) {
    const id = [incident.processDefinitionId, incident.elementId, incident.errorType, fingerprint(incident.errorMessage)].join('|');
    const group = groups.get(id);
    if (!group) {
      groups.set(id, {
        id,
        message: sentence(incident),
        errorType: incident.errorType,
        elementId: incident.elementId,
        elementName: incident.elementName,
        processDefinitionId: incident.processDefinitionId,
        processDefinitionKey: incident.processDefinitionKey,
        incidents: [incident],
        newest: incident.creationTime,
      });
      continue;
    }
    group.incidents.push(incident);
    if (incident.creationTime > group.newest) {
      group.newest = incident.creationTime;
      group.message = sentence(incident);
    }
  }
  return [...groups.values()].sort((a, b) => b.incidents.length - a.incidents.length || b.newest.localeCompare(a.newest));
}
