/** An incident's message may end with a line for each null of its expression. Where these are shown beside it, with their
 *  expression, the sentence before them is enough. */
import type { Incident } from '../api/types';

const LEAD = ' The evaluation reported the following warnings:';

export function sentence(incident: Pick<Incident, 'errorMessage' | 'warnings'>): string {
  const at = incident.errorMessage.indexOf(LEAD);
  return at > 0 && incident.warnings?.length ? incident.errorMessage.slice(0, at) : incident.errorMessage;
}
