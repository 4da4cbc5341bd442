import { readFileSync } from 'node:fs';
import { DmnModdle } from 'dmn-moddle';
import { describe, expect, test } from 'vitest';
import { exampleInputs, type DmnDefinitions } from './inputs';
import { asDrawn } from './namespaces';

const read = async (xml: string) => (await new DmnModdle().fromXML(asDrawn(xml), 'dmn:Definitions')).rootElement as DmnDefinitions;
const model = (content: string, version = '20191111') => `<definitions xmlns="https://www.omg.org/spec/DMN/${version}/MODEL/" id="d" name="d" namespace="n">${content}</definitions>`;

describe('examples of inputs', () => {
  test('the sample asks for what its whole graph needs', async () => {
    const definitions = await read(readFileSync(new URL('../../../../examples/loan-approval/loan-approval.dmn', import.meta.url), 'utf8'));
    expect(JSON.parse(exampleInputs(definitions, 'assessment'))).toEqual({ applicant: { age: 0, income: 0, expenses: 0, defaults: 0 }, loan: { amount: 0, months: 0 } });
    expect(JSON.parse(exampleInputs(definitions, 'risk'))).toEqual({ applicant: { age: 0, income: 0, expenses: 0, defaults: 0 } });
  });
  test('a table alone is read by its expressions', async () => {
    const input = (text: string, type: string) => `<input><inputExpression typeRef="${type}"><text>${text}</text></inputExpression></input>`;
    const definitions = await read(model(`<decision id="dish" name="Dish"><decisionTable>${input('season', 'string')}${input('guest.count', 'number')}${input('guest.vegan', 'boolean')}${input('a + b', 'number')}<output/></decisionTable></decision>`));
    expect(JSON.parse(exampleInputs(definitions, 'dish'))).toEqual({ season: '', guest: { count: 0, vegan: false } });
  });
  test('a loop of requirements and a type that contains itself end', async () => {
    const definitions = await read(model(`<itemDefinition name="t"><itemComponent name="next"><typeRef>t</typeRef></itemComponent></itemDefinition>
      <inputData id="i" name="i"><variable typeRef="t"/></inputData>
      <decision id="a" name="a"><informationRequirement><requiredDecision href="#b"/></informationRequirement><informationRequirement><requiredInput href="#i"/></informationRequirement></decision>
      <decision id="b" name="b"><informationRequirement><requiredDecision href="#a"/></informationRequirement></decision>`));
    expect(exampleInputs(definitions, 'a')).toContain('next');
  });
  test('nothing is asked where nothing is known', async () => {
    expect(exampleInputs(await read(model('')), 'gone')).toBe('{}');
  });
  test('every version of DMN since 1.2 is read', async () => {
    for (const version of ['20180521', '20191111', '20211108', '20230324']) {
      const definitions = await read(model('<inputData id="i" name="age"><variable typeRef="number"/></inputData><decision id="a" name="a"><informationRequirement><requiredInput href="#i"/></informationRequirement></decision>', version).replace('https://www.omg.org/spec/DMN/20180521', 'http://www.omg.org/spec/DMN/20180521'));
      expect(JSON.parse(exampleInputs(definitions, 'a')), version).toEqual({ age: 0 });
    }
  });
});
