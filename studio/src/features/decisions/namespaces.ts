/**
 * dmn-js reads DMN 1.3 only. The other versions differ from it in what is drawn by their namespaces, so a model is shown
 * under those of 1.3. What the engine runs is the file itself.
 */
const MODEL = 'https://www.omg.org/spec/DMN/20191111/MODEL/';
const DMNDI = 'https://www.omg.org/spec/DMN/20191111/DMNDI/';

export function asDrawn(xml: string): string {
  return xml
    .replace(/https?:\/\/www\.omg\.org\/spec\/DMN\/(?:20151101\/dmn\.xsd|\d{8}\/MODEL\/?)(?=["'])/g, MODEL)
    .replace(/https?:\/\/www\.omg\.org\/spec\/DMN\/\d{8}\/DMNDI\/?(?=["'])/g, DMNDI);
}
