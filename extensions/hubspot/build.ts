// Bundles every card and the settings page of the HubSpot project into the script HubSpot itself would run.
/// <reference types="node" />
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { z } from 'zod';

const project = path.dirname(fileURLToPath(import.meta.url));

const cardSchema = z.object({
  uid: z.string(),
  type: z.literal('card'),
  config: z.object({
    name: z.string(),
    location: z.enum(['crm.record.tab', 'crm.record.sidebar']),
    entrypoint: z.string().startsWith('/app/cards/'),
    objectTypes: z.array(z.string()).min(1),
  }),
});

/** The settings page stands under the app's name and on no record. */
const settingsSchema = z
  .object({
    uid: z.string(),
    type: z.literal('settings'),
    config: z.object({ entrypoint: z.string().startsWith('/app/settings/') }),
  })
  .transform(({ config, ...rest }) => ({
    ...rest,
    config: { ...config, name: 'Payside', location: 'settings' as const, objectTypes: [] as string[] },
  }));

const metaSchema = z.union([cardSchema, settingsSchema]);

/** Folders of the project with a script each file describes. */
const FOLDERS = ['cards', 'settings'] as const;

export type BuiltCard = {
  uid: string;
  title: string;
  location: 'crm.record.tab' | 'crm.record.sidebar' | 'settings';
  /** Empty for the settings page. */
  objectTypes: string[];
  /** Absolute path of the script. */
  bundlePath: string;
};

async function metasIn(folder: string): Promise<z.infer<typeof metaSchema>[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('-hsmeta.json')).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => metaSchema.parse(JSON.parse(text)));
}

async function bundle(entrypoint: string, outDir: string): Promise<string> {
  const entry = path.join(project, 'src', entrypoint);
  const fileName = `${path.basename(entry, '.tsx')}.js`;
  await build({
    configFile: false,
    root: path.dirname(entry),
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Whoever builds may run as a test: what HubSpot runs is always the production runtime.
    esbuild: { jsx: 'automatic', jsxDev: false },
    build: {
      minify: false,
      emptyOutDir: false,
      outDir,
      lib: { entry, name: fileName, formats: ['iife'], fileName: () => fileName },
      rollupOptions: {
        external: ['react', 'react-dom', '@remote-ui/react'],
        output: { globals: { react: 'React', '@remote-ui/react': 'RemoteUI' }, extend: true },
      },
    },
  });
  return path.join(outDir, fileName);
}

/** Builds all cards into `outDir` and says where each belongs; the result is what HubSpot's own bundler makes. */
export async function buildCards({ outDir }: { outDir: string }): Promise<BuiltCard[]> {
  const cards: BuiltCard[] = [];
  const metas = await Promise.all(FOLDERS.map((folder) => metasIn(path.join(project, 'src/app', folder))));
  for (const { uid, config } of metas.flat()) {
    const bundlePath = await bundle(config.entrypoint, path.resolve(outDir));
    cards.push({
      uid,
      title: config.name,
      location: config.location,
      objectTypes: config.objectTypes,
      bundlePath,
    });
  }
  return cards;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cards = await buildCards({ outDir: process.argv[2] ?? path.join(project, 'dist') });
  process.stdout.write(`${JSON.stringify(cards, null, 2)}\n`);
}
