/** What of a drop can be deployed. */

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
