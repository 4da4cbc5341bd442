import type { Wait } from '../../shared/api/types';
import { exactTime } from '../../shared/format/time';

/** The server speaks in ids and in times of UTC; people know elements by name and live in a time zone. */
export function waitText(wait: Pick<Wait, 'explanation' | 'elementId'>, names: Map<string, string>): string {
  const name = names.get(wait.elementId);
  // The first mention is the element; a later one may be a job type or a message that is called the same.
  const text = name ? wait.explanation.replace(`'${wait.elementId}'`, () => `“${name}”`) : wait.explanation;
  return text
    .replace(/(^|[\s(])'([^']+)'/g, '$1“$2”')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)/g, (time) => exactTime(time) || time);
}
