/** The logic of a decision as the model writes it, for what no table shows. */
const QUIET = new Set(['extensionElements', 'variable', 'informationRequirement', 'knowledgeRequirement', 'authorityRequirement', 'description', 'question', 'allowedAnswers']);

export function logicOf(xml: string, decisionId: string): string | undefined {
  const document = new DOMParser().parseFromString(xml, 'application/xml');
  const decision = [...document.getElementsByTagName('*')].find((each) => each.localName === 'decision' && each.getAttribute('id') === decisionId);
  const logic = [...(decision?.children ?? [])].find((each) => !QUIET.has(each.localName));
  return logic && indented(logic, '').join('\n');
}

/** One line for an element with text alone, else one for each of its children. */
function indented(element: Element, indent: string): string[] {
  const attributes = [...element.attributes].filter((each) => !/^xmlns(:|$)/.test(each.name)).map((each) => ` ${each.name}="${each.value}"`);
  const begin = `${indent}<${element.nodeName}${attributes.join('')}`;
  const end = `</${element.nodeName}>`;
  if (element.children.length > 0) return [`${begin}>`, ...[...element.children].flatMap((child) => indented(child, `${indent}  `)), `${indent}${end}`];
  const text = element.textContent?.trim();
  return [text ? `${begin}>${text}${end}` : `${begin}/>`];
}
