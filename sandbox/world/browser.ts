// Starts a Chromium for tests: the machine's own where there is one, else the one from the dev dependencies.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--metrics-recording-only',
  // Nothing but this machine can be reached, whatever a page asks for.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export async function launchBrowser(): Promise<Browser> {
  const installed = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  return existsSync(installed) ? launch(installed, FLAGS) : launchPacked();
}

const launch = (executablePath: string, args: string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args, headless: true });

/** The packed Chromium unpacks itself into the temp folder and decides by this variable which libraries it needs. */
async function launchPacked(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'payside-chromium-'));
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x';
  process.env['TMPDIR'] = folder;
  process.env['FONTCONFIG_FILE'] = fontsIn(folder);
  const { default: packed } = await import('@sparticuz/chromium');
  // Its own flags are left out: they switch off the very isolation between sites that a browser test is for.
  const browser = await launch(await packed.executablePath(), FLAGS);
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** The fonts it brings are looked for in one fixed folder of the machine; a Chromium that finds no font at all dies. */
function fontsIn(folder: string): string {
  const file = join(folder, 'fonts.conf');
  const folders = [join(folder, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'];
  const dirs = folders.map((dir) => `<dir>${dir}</dir>`).join('');
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>${dirs}<cachedir>${join(folder, 'font-cache')}</cachedir></fontconfig>`,
  );
  return file;
}
