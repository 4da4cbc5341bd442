/** Names of elements from a model's text, where no diagram is open to ask. */
import { useQuery } from '@tanstack/react-query';
import { xmlQuery } from '../api/queries';

export function elementNames(xml: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const match of xml.matchAll(/<[\w:]+\b([^>]*\bid\s*=[^>]*)>/g)) {
    const id = attribute(match[1]!, 'id');
    const name = attribute(match[1]!, 'name');
    if (id && name) names.set(id, name.replace(/\s+/g, ' '));
  }
  return names;
}

/** The name of one element, or its id until the model is there. */
export function useElementName(definitionKey: string, elementId: string, known?: string | null): string {
  const xml = useQuery({ ...xmlQuery(definitionKey), select: elementNames, enabled: !known });
  return known || xml.data?.get(elementId) || elementId;
}

function attribute(text: string, name: string): string | undefined {
  const match = text.match(new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`));
  const value = match?.[1] ?? match?.[2];
  return value
    ?.replace(/&#(?:10|xA);/gi, ' ')
    .replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
