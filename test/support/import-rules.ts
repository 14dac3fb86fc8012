// Which room may import what: the table of docs/architecture.md as rules over import lines.
import type { Import } from './imports.ts';

/** Rooms by the rooms whose values they may import; `ports` stands for the port files of the adapter rooms. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ['wiring', 'config'],
  config: [],
  ground: [],
  loops: [],
  money: [],
  ledger: ['money'],
  records: ['ledger', 'money'],
  views: ['ledger', 'money'],
  posting: ['ledger', 'records', 'ports'],
  inbox: ['ports'],
  outbox: ['records', 'ports'],
  billing: ['ledger', 'money', 'ports'],
  reconcile: ['ledger', 'records', 'ports'],
  forgetting: ['ledger', 'ports'],
  workspaces: ['ports'],
  control: ['ports'],
  http: ['views', 'ports'],
  gateways: ['money', 'manifests'],
  crms: ['money', 'manifests'],
  store: ['money'],
  secrets: ['money'],
};

const PURE = new Set(['money', 'ledger', 'records', 'views']);

/** Adapter rooms by their port file, the only file of theirs that others may import. */
export const PORTS: Readonly<Record<string, string>> = {
  gateways: 'src/gateways/gateway.ts',
  crms: 'src/crms/crm.ts',
  store: 'src/store/store.ts',
  secrets: 'src/secrets/secrets.ts',
};

/** What a port file hands on as its own, where one file would be too long: nobody imports it but the port. */
export const PORT_PARTS: readonly string[] = [
  'src/store/shapes.ts',
  'src/store/inspected.ts',
  'src/store/kept.ts',
];

/** Packages by the places that may import them; a type of theirs counts as well. */
export const VENDORS: Readonly<Record<string, readonly string[]>> = {
  stripe: ['src/gateways/stripe/'],
  '@stripe/stripe-js': ['src/http/pay/browser/'],
  '@hubspot/api-client': ['src/crms/hubspot/'],
  jsforce: ['src/crms/salesforce/'],
  'csv-parse': ['src/crms/salesforce/'],
  'csv-stringify': ['src/crms/salesforce/'],
  lowdb: ['src/store/embedded/'],
  'node:sqlite': ['src/store/embedded/'],
  pg: ['src/store/postgres/'],
  express: ['src/http/'],
  helmet: ['src/http/'],
  'prom-client': ['src/http/'],
  qrcode: ['src/http/'],
  oauth4webapi: ['src/workspaces/'],
  'rate-limiter-flexible': ['src/outbox/', 'src/http/'],
  luxon: ['src/ledger/'],
  pino: ['src/log.ts'],
  croner: ['src/app.ts', 'src/wiring/'],
  nodemailer: ['src/mail/'],
  zod: ['src/'],
};

const ROOT_FILES: Readonly<Record<string, string>> = {
  'src/first.js': 'main',
  'src/main.ts': 'main',
  'src/cli.ts': 'main',
  'src/app.ts': 'wiring',
  'src/canonical-json.ts': 'ground',
  'src/config.ts': 'config',
  'src/crowds.ts': 'ground',
  'src/errors.ts': 'ground',
  'src/clock.ts': 'ground',
  'src/log.ts': 'ground',
  'src/retry.ts': 'ground',
  'src/in-turn.ts': 'ground',
  'src/loops.ts': 'loops',
};

/** @returns the room of a file under src/; for other files their top folder */
export function roomOf(path: string): string {
  const [top = '', second = '', ...rest] = path.split('/');
  if (top !== 'src') return top;
  return rest.length > 0 ? second : (ROOT_FILES[path] ?? 'unknown');
}

/** `src/gateways/stripe/` of a file in an adapter's folder; null for everything else, port files included. */
function adapterOf(path: string): string | null {
  const room = roomOf(path);
  const [, , vendor = '', ...rest] = path.split('/');
  return room in PORTS && path.startsWith('src/') && rest.length > 0 ? `src/${room}/${vendor}/` : null;
}

type Rule = (found: Import) => string | null;

const isWiring = (found: Import): boolean => roomOf(found.file) === 'wiring';
const inSource = (path: string): boolean => path.startsWith('src/');

const everyRoomIsKnown: Rule = ({ file }) =>
  inSource(file) && roomOf(file) !== 'wiring' && !(roomOf(file) in MAY_IMPORT)
    ? `${roomOf(file)} is no room of the table`
    : null;

const valuesFollowTheTable: Rule = (found) => {
  if (found.isPackage || found.isType || !inSource(found.file) || isWiring(found)) return null;
  const [from, to] = [roomOf(found.file), roomOf(found.target)];
  const isFree = from === to || to === 'ground' || mayImport(from, found.target);
  return isFree ? null : `${from} may not import values of ${to}`;
};

function mayImport(room: string, target: string): boolean {
  const allowed = MAY_IMPORT[room] ?? [];
  const isPort = Object.values(PORTS).includes(target);
  return allowed.includes(roomOf(target)) || (isPort && allowed.includes('ports'));
}

const adaptersStayBehindTheirPort: Rule = (found) => {
  const adapter = adapterOf(found.target);
  if (found.isPackage || !inSource(found.file) || isWiring(found) || adapter === null) return null;
  return found.file.startsWith(adapter) ? null : `${adapter} may only be imported by the wiring`;
};

const adapterRoomsShowOnlyTheirPort: Rule = ({ file, target, isPackage }) => {
  const port = PORTS[roomOf(target)];
  const isOutside = inSource(file) && roomOf(file) !== roomOf(target);
  if (isPackage || !port || !isOutside || adapterOf(target) !== null || target === port) return null;
  return `of ${roomOf(target)} only ${port} may be imported`;
};

const vendorsHaveOneRoom: Rule = ({ file, target, isPackage }) => {
  if (!isPackage || !inSource(file)) return null;
  const rooms = VENDORS[target];
  if (!rooms) return target.startsWith('node:') ? null : `${target} has no room yet`;
  return rooms.some((room) => file.startsWith(room)) ? null : `${target} belongs in ${rooms.join(', ')}`;
};

const pureRoomsTouchNothing: Rule = ({ file, target }) =>
  inSource(file) && PURE.has(roomOf(file)) && target.startsWith('node:') && target !== 'node:crypto'
    ? `${roomOf(file)} is pure and may not reach for ${target}`
    : null;

const productKnowsNoStandIn: Rule = ({ file, target, isPackage }) =>
  !isPackage && inSource(file) && !inSource(target) && roomOf(target) !== 'manifests'
    ? `src may not import ${roomOf(target)}`
    : null;

/** What writes a part of an extension from a declaration, by the declaration's folder. */
const GENERATORS: Readonly<Record<string, string>> = {
  'extensions/hubspot/generate.ts': 'src/views/',
  'extensions/salesforce/generate/declaration.ts': 'manifests/',
};

const cardsKnowOnlyTheConnector: Rule = ({ file, target, isPackage }) => {
  const isFree = isPackage || !file.startsWith('extensions/') || target.startsWith('extensions/');
  const declared = GENERATORS[file];
  const isGenerator = declared !== undefined && target.startsWith(declared);
  return isFree || isGenerator ? null : `extensions may not import ${roomOf(target)}`;
};

/** The one file of the sandbox that starts the connector. */
const STARTER = 'sandbox/connector.ts';

const standInsKnowNoProduct: Rule = ({ file, target, isPackage, isType }) => {
  if (isPackage || !file.startsWith('sandbox/')) return null;
  if (/^(test|bench)\//.test(target)) return `sandbox may not import ${roomOf(target)}`;
  return inSource(target) && !isType && file !== STARTER ? `only ${STARTER} may import src` : null;
};

const oraclesJudgeFromOutside: Rule = ({ file, target, isPackage }) =>
  !isPackage && /(^|[/.-])oracles?[/.-]/.test(file) && inSource(target)
    ? 'an oracle may not import what it judges'
    : null;

const benchesAreNotTests: Rule = ({ file, target, isPackage }) =>
  !isPackage && file.startsWith('bench/') && /^(test|extensions)\//.test(target)
    ? `bench may not import ${roomOf(target)}`
    : null;

const onlyPostingFolds: Rule = ({ file, target, names, isType }) =>
  target === 'src/ledger/fold.ts' && names.includes('fold') && !isType && inSource(file)
    ? ['ledger', 'posting'].includes(roomOf(file))
      ? null
      : 'only posting folds facts'
    : null;

const RULES: readonly Rule[] = [
  everyRoomIsKnown,
  valuesFollowTheTable,
  adaptersStayBehindTheirPort,
  adapterRoomsShowOnlyTheirPort,
  vendorsHaveOneRoom,
  pureRoomsTouchNothing,
  productKnowsNoStandIn,
  cardsKnowOnlyTheConnector,
  standInsKnowNoProduct,
  oraclesJudgeFromOutside,
  benchesAreNotTests,
  onlyPostingFolds,
];

/** @returns one line for each import that breaks a rule, as `file:line target: why` */
export const importProblems = (imports: readonly Import[]): string[] =>
  imports.flatMap((found) =>
    RULES.flatMap((rule) => {
      const problem = rule(found);
      return problem ? [`${found.file}:${found.line} ${found.target}: ${problem}`] : [];
    }),
  );
