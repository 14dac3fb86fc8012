// The rules of Salesforce's security review, by its own analyzer's engines: PMD for Apex, patterns, libraries with known holes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ownModule } from '../own-modules.ts';
import type { Findings, Project } from '../project.ts';

type Rule = { getName: () => string; getEngineName: () => string; getSeverityLevel: () => number };
type Location = { getFile: () => string | undefined; getStartLine: () => number | undefined };
type Violation = {
  getRule: () => Rule;
  getMessage: () => string;
  getPrimaryLocation: () => Location;
};
type Rules = { getCount: () => number };
type Analyzer = {
  addEnginePlugin: (plugin: unknown) => Promise<void>;
  createWorkspace: (paths: string[]) => Promise<unknown>;
  selectRules: (selectors: string[], options: { workspace: unknown }) => Promise<Rules>;
  run: (rules: Rules, options: { workspace: unknown }) => Promise<{ getViolations: () => Violation[] }>;
};
type Core = {
  CodeAnalyzer: new (config: unknown) => Analyzer;
  CodeAnalyzerConfig: { fromObject: (settings: Record<string, unknown>) => unknown };
};
type Engine = { createEnginePlugin: () => unknown };

const ENGINES = ['pmd', 'regex', 'retirejs'];
const SELECTORS = ['AppExchange', 'Recommended'];

/** 1 is critical, 2 high, 3 moderate; what is below is a matter of taste, shown and not counted. */
const COUNTED = 3;

export async function checkSecurity({ root, source }: Project): Promise<Findings> {
  const { CodeAnalyzer, CodeAnalyzerConfig } = ownModule<Core>('@salesforce/code-analyzer-core');
  const logs = mkdtempSync(join(tmpdir(), 'payside-analyzer-'));
  try {
    const analyzer = new CodeAnalyzer(CodeAnalyzerConfig.fromObject({ config_root: root, log_folder: logs }));
    for (const name of ENGINES)
      await analyzer.addEnginePlugin(
        ownModule<Engine>(`@salesforce/code-analyzer-${name}-engine`).createEnginePlugin(),
      );
    const workspace = await analyzer.createWorkspace([source]);
    const rules = await analyzer.selectRules(SELECTORS, { workspace });
    const violations = (await analyzer.run(rules, { workspace })).getViolations();
    const lineOf = (one: Violation): string => line(one, root);
    const isCounted = (one: Violation): boolean => one.getRule().getSeverityLevel() <= COUNTED;
    return {
      seen: rules.getCount(),
      problems: violations.filter(isCounted).map(lineOf),
      remarks: violations.filter((one) => !isCounted(one)).map(lineOf),
    };
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
}

function line(violation: Violation, root: string): string {
  const rule = violation.getRule();
  const place = violation.getPrimaryLocation();
  const where = `${relative(root, place.getFile() ?? root)}:${place.getStartLine() ?? 0}`;
  const text = violation.getMessage().replaceAll(/\s+/g, ' ').slice(0, 160);
  return `${where}: ${rule.getEngineName()} ${rule.getName()} (severity ${rule.getSeverityLevel()}): ${text}`;
}
