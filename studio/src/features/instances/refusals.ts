/** What the engine says about a change that it refuses, as obstacles in the words of the model. */

/** Each obstacle on its own: the engine names them all in one text. Ids become names where a name is known. */
export function obstacles(detail: string, names: Map<string, string> = new Map()): string[] {
  return detail
    .replace(/^Expected to .*? but (?:it contains one or more )?/s, '')
    .split(/;\s+(?=no |active |a token |the |mapping )|;\s+(?=[^;]*'[^']+')/)
    .map((each) => each.replace(/;$/, '').trim())
    .filter(Boolean)
    .map((each) => named(each, names))
    .map((each) => each.charAt(0).toUpperCase() + each.slice(1));
}

function named(text: string, names: Map<string, string>): string {
  return text.replace(/(?:with id )?'([^']+)'/g, (_, id: string) => {
    const name = names.get(id);
    return name && name !== id ? `“${name}” (${id})` : `“${id}”`;
  });
}
