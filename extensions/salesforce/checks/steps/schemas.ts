// The project file and the scratch org's definition against the JSON schemas of Salesforce's tools.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { ownModule } from '../own-modules.ts';
import type { Findings, Project } from '../project.ts';

const FILES = {
  'sfdx-project': 'sfdx-project.json',
  'project-scratch-def': 'extensions/salesforce/scratch-def.json',
};

export function checkSchemas({ root }: Project): Findings {
  const problems = Object.entries(FILES).flatMap(([schema, path]) => {
    const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true, logger: false });
    const isValid = ajv.compile(ownModule<object>(`@salesforce/schemas/${schema}.schema.json`));
    if (isValid(JSON.parse(readFileSync(join(root, path), 'utf8')))) return [];
    return (isValid.errors ?? []).map(({ instancePath, message }) => `${path}: ${instancePath} ${message}`);
  });
  return { seen: Object.keys(FILES).length, problems };
}
