// Lightning Web Components by the platform's own ESLint rules.
import { relative } from 'node:path';
import { ownModule } from '../own-modules.ts';
import type { Findings, Project } from '../project.ts';

type Message = { line?: number; ruleId: string | null; message: string };
type Result = { filePath: string; messages: Message[] };
type Lint = {
  ESLint: new (options: Record<string, unknown>) => { lintFiles: (patterns: string[]) => Promise<Result[]> };
};
type Preset = { configs: { recommended: unknown[] } };

/** Warnings count as well: every finding is fixed or discussed, none is passed over. */
export async function checkLwc({ root, source }: Project): Promise<Findings> {
  const { ESLint } = ownModule<Lint>('eslint');
  const { configs } = ownModule<Preset>('@salesforce/eslint-config-lwc');
  const eslint = new ESLint({
    cwd: source,
    overrideConfigFile: true,
    overrideConfig: configs.recommended,
    errorOnUnmatchedPattern: false,
  });
  const results = await eslint.lintFiles(['lwc/**/*.js']);
  const problems = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => `${relative(root, filePath)}:${line}: ${ruleId}: ${message}`),
  );
  return { seen: results.length, problems };
}
