// What Lightning Web Components import from the org: Apex methods, fields, labels.
import type { Reference } from './known.ts';
import type { PackageSource } from './package-source.ts';

const IMPORT = /from '@salesforce\/(apex|schema|label)\/([\w.]+)'/g;

const KINDS = { apex: 'method for components', schema: 'field', label: 'label' } as const;

export const componentReferences = ({ files }: PackageSource): Reference[] =>
  files
    .filter(({ path }) => /^lwc\/.+\.js$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(IMPORT)].map(([, from = '', name = '']): Reference => {
        const kind = KINDS[from as keyof typeof KINDS];
        return {
          path,
          kind: kind === 'field' && !name.includes('.') ? 'object' : kind,
          name: name.replace(/^c\./, ''),
        };
      }),
    );
