// The checks by name, each from a project to what it found.
import { packageProblems } from '../../metadata/package-problems.ts';
import { readPackage } from '../../metadata/package-source.ts';
import type { Java } from '../java.ts';
import { SOURCE, type Findings, type Project } from '../project.ts';
import { checkApexFormat } from './apex-format.ts';
import { checkApexTypes } from './apex-types.ts';
import { checkConvert } from './convert.ts';
import { checkLwc } from './lwc-lint.ts';
import { checkTypes } from './metadata-types.ts';
import { checkSchemas } from './schemas.ts';
import { checkSecurity } from './security.ts';

export type StepName = keyof typeof STEPS;
type Step = (project: Project, java: Java) => Findings | Promise<Findings>;

const fromRoot = ({ seen, problems, remarks = [] }: Findings): Findings => ({
  seen,
  problems: problems.map((problem) => `${SOURCE}/${problem}`),
  remarks,
});

export const STEPS = {
  schemas: checkSchemas,
  types: ({ source }) => fromRoot(checkTypes(readPackage(source))),
  references: ({ source }) => {
    const read = readPackage(source);
    return fromRoot({ seen: read.files.length, problems: packageProblems(read) });
  },
  convert: checkConvert,
  'apex types': checkApexTypes,
  'apex format': checkApexFormat,
  security: checkSecurity,
  'lwc lint': checkLwc,
} as const satisfies Record<string, Step>;

export const STEP_NAMES = Object.keys(STEPS) as StepName[];

export const runStep = async (name: StepName, project: Project, java: Java): Promise<Findings> =>
  (STEPS[name] as Step)(project, java);
