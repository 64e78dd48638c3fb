import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/**
 * The walls are only as good as the eyes of the tool that holds them: a parser that cannot read our TypeScript reports
 * no violations at all. So a small project with one violation of every rule is cruised under the real configuration,
 * and so is its twin that does the same things in the allowed way.
 */

type Violation = { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }
type Dependency = { readonly module: string; readonly resolved: string }
type Cruise = {
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly Dependency[] }[]
  readonly summary: { readonly violations: readonly Violation[] }
}
type Tree = Record<string, string>

const root = resolve(import.meta.dirname, '..')
/** The files' walls look at the tests too, the folders' walls do not: `tools/check.ts` runs the same two. */
const configurations = ['.dependency-cruiser.cjs', '.dependency-cruiser-folders.cjs']
const ruleNames = configurations.flatMap(rulesOf)

/** What the planted imports point at; every line of it obeys the walls. */
const ground: Tree = {
  'src/values/money.ts': 'export type Money = bigint\nexport const zero: Money = 0n\n',
  'src/values/page.ts': "import type { Money } from './money.ts'\nexport type Page = readonly Money[]\n",
  'src/platform/http.ts':
    "import type { Money } from '../values/money.ts'\nexport const get = (cost: Money) => cost\n",
  'src/platform/database.ts':
    "import pg from 'pg'\nimport type { PoolClient } from 'pg'\nexport const pool = new pg.Pool()\nexport type Tx = PoolClient\n",
  'src/core/orders/order.ts':
    "import type { Money } from '../../values/money.ts'\nexport type Order = { readonly total: Money }\n",
  'src/core/orders/orders.sql.ts':
    "import type { Tx } from '../../platform/database.ts'\nimport type { Order } from './order.ts'\nexport const find = (tx: Tx, order: Order) => [tx, order]\n",
  'src/core/orders/place-order.ts':
    "import { find } from './orders.sql.ts'\nexport const placeOrder = find\n",
  'src/core/fulfilment/supplier.ts':
    "import type { Money } from '../../values/money.ts'\nexport type Supplier = { readonly balance: Money }\n",
  'src/dialects/dialect.ts': 'export type Dialect = { readonly name: string }\n',
  'src/dialects/acme/wire.ts':
    "import { Type } from 'typebox'\nimport type { Money } from '../../values/money.ts'\nexport const Body = Type.String()\nexport type Total = Money\n",
  'src/dialects/acme/mapping.ts':
    "import type { Order } from '../../core/orders/order.ts'\nimport type { Total } from './wire.ts'\nexport const toTotal = (order: Order): Total => order.total\n",
  'src/dialects/acme/routes.ts':
    "import { placeOrder } from '../../core/orders/place-order.ts'\nimport { toTotal } from './mapping.ts'\nexport const routes = [placeOrder, toTotal]\n",
  'src/dialects/acme/dialect.ts':
    "import type { Dialect } from '../dialect.ts'\nimport { routes } from './routes.ts'\nexport const acme: Dialect = { name: String(routes) }\n",
  'src/dialects/house/wire.ts': "import { Type } from 'typebox'\nexport const Login = Type.Object({})\n",
  'src/dialects/all.ts': "import { acme } from './acme/dialect.ts'\nexport const dialects = [acme]\n",
  'src/suppliers/shop/supplier.ts':
    "import type { Supplier } from '../../core/fulfilment/supplier.ts'\nimport { get } from '../../platform/http.ts'\nexport const shop: Supplier = { balance: get(0n) }\n",
  'src/core/checkout/payer.ts':
    "import type { Money } from '../../values/money.ts'\nexport type Payer = { readonly owes: Money }\n",
  'src/payers/bank/payer.ts':
    "import type { Payer } from '../../core/checkout/payer.ts'\nimport { get } from '../../platform/http.ts'\nexport const bank: Payer = { owes: get(0n) }\n",
  'src/jobs/fulfil-order.ts':
    "import { placeOrder } from '../core/orders/place-order.ts'\nexport const fulfilOrder = placeOrder\n",
  'bin/scrip.js': "await import('../src/server.ts')\n",
  'src/server.ts': "import { dialects } from './dialects/all.ts'\nconsole.log(dialects)\n",
  'web/shared/form.ts':
    "import { Login } from '../../src/dialects/house/wire.ts'\nexport const form = Login\n",
  'test/world.ts':
    "import { placeOrder } from '../src/core/orders/place-order.ts'\nexport const world = placeOrder\n",
  'src/core/orders/place-order.test.ts':
    "import pg from 'pg'\nimport { world } from '../../../test/world.ts'\nconsole.log(pg, world)\n",
}

/** Per rule, files that break it, each with the import that does; most as types, which plain JavaScript does not have. */
const planted: Record<string, Tree> = {
  'no-cycles': {
    'src/values/loop-a.ts': "import type { B } from './loop-b.ts'\nexport type A = { readonly b: B }\n",
    'src/values/loop-b.ts': "import type { A } from './loop-a.ts'\nexport type B = { readonly a: A }\n",
  },
  'no-folder-cycles': {
    'src/core/ring-a/start.ts':
      "import type { Middle } from '../ring-b/middle.ts'\nexport type Start = Middle\n",
    'src/core/ring-b/middle.ts': 'export type Middle = string\n',
    'src/core/ring-b/back.ts': "import type { End } from '../ring-a/end.ts'\nexport type Back = End\n",
    'src/core/ring-a/end.ts': 'export type End = string\n',
  },
  'everything-resolves': {
    'src/jobs/lost.ts': "import { nowhere } from './nowhere.ts'\nexport const lost = nowhere\n",
  },
  'values-import-nothing': {
    'src/values/reaches-up.ts':
      "import type { Tx } from '../platform/database.ts'\nexport type Reached = Tx\n",
    'src/values/uses-a-builtin.ts': "import { hostname } from 'node:os'\nexport const host = hostname\n",
    'src/values/uses-a-package.ts': "import { Type } from 'typebox'\nexport const text = Type.String()\n",
    'src/values/names-a-type.ts': "export type Inline = import('../platform/database.ts').Tx\n",
  },
  'platform-knows-only-values': {
    'src/platform/reaches-up.ts':
      "import type { Order } from '../core/orders/order.ts'\nexport type Reached = Order\n",
  },
  'core-knows-no-edge': {
    'src/core/orders/reach-dialect.ts':
      "import type { Dialect } from '../../dialects/dialect.ts'\nexport type Reached = Dialect\n",
  },
  'core-imports-no-package': {
    'src/core/orders/use-package.ts': "import { Type } from 'typebox'\nexport const text = Type.String()\n",
    'src/core/orders/use-package-type.ts':
      "import type { FastifyRequest } from 'fastify'\nexport type Request = FastifyRequest\n",
  },
  'nouns-are-pure': {
    'src/core/orders/voucher.ts':
      "import type { placeOrder } from './place-order.ts'\nexport type Voucher = typeof placeOrder\n",
    'src/core/orders/clock.ts': "import { hostname } from 'node:os'\nexport const clock = hostname\n",
  },
  'sql-stays-home': {
    'src/core/ledger/post-transfer.ts':
      "import { find } from '../orders/orders.sql.ts'\nexport const postTransfer = find\n",
  },
  'sql-stays-in-core': {
    'src/jobs/read-table.ts':
      "import { find } from '../core/orders/orders.sql.ts'\nexport const readTable = find\n",
  },
  'only-database-imports-the-driver': {
    'src/platform/pool.ts': "import { Pool } from 'pg'\nexport const pool = new Pool()\n",
    'src/platform/pool-type.ts': "import type { Pool } from 'pg'\nexport type DriverPool = Pool\n",
    'src/platform/pool-later.ts': "export const load = () => import('pg')\n",
    'src/platform/pool-path.ts':
      "import parser from 'pg/lib/type-overrides.js'\nexport const inner = parser\n",
  },
  'dialects-apart': {
    'src/dialects/bravo/auth.ts':
      "import type { Total } from '../acme/wire.ts'\nexport type Copied = Total\n",
  },
  'suppliers-apart-and-stateless': {
    'src/suppliers/kiosk/client.ts':
      "import { shop } from '../shop/supplier.ts'\nexport const client = shop\n",
    'src/suppliers/kiosk/settings.ts':
      "import type { Tx } from '../../platform/database.ts'\nexport type Settings = Tx\n",
    'src/suppliers/kiosk/errors.ts':
      "import type { Order } from '../../core/orders/order.ts'\nexport type Refused = Order\n",
  },
  'payers-apart-and-stateless': {
    'src/payers/pawn/client.ts': "import { bank } from '../bank/payer.ts'\nexport const client = bank\n",
    'src/payers/pawn/settings.ts':
      "import type { Tx } from '../../platform/database.ts'\nexport type Settings = Tx\n",
    'src/payers/pawn/errors.ts':
      "import type { Order } from '../../core/orders/order.ts'\nexport type Refused = Order\n",
  },
  'wire-is-plain': {
    'src/dialects/bravo/wire.ts':
      "import type { Order } from '../../core/orders/order.ts'\nexport type Body = Order\n",
    'src/dialects/delta/wire.ts': "import { pino } from 'pino'\nexport const body = pino\n",
    'src/dialects/delta/wire/orders.ts':
      "import type { Order } from '../../../core/orders/order.ts'\nexport type Body = Order\n",
  },
  'mapping-is-pure': {
    'src/dialects/bravo/mapping.ts':
      "import type { placeOrder } from '../../core/orders/place-order.ts'\nexport type Placed = typeof placeOrder\n",
    'src/suppliers/kiosk/mapping.ts':
      "import { get } from '../../platform/http.ts'\nexport const fetched = get\n",
    'src/dialects/delta/mapping/orders.ts':
      "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
  },
  'only-routes-and-auth-act': {
    'src/dialects/bravo/events.ts':
      "import { placeOrder } from '../../core/orders/place-order.ts'\nexport const events = placeOrder\n",
    'src/dialects/mount.ts':
      "import type { find } from '../core/orders/orders.sql.ts'\nexport type Mount = typeof find\n",
  },
  'jobs-and-commands-know-contracts-only': {
    'src/jobs/send-acme.ts':
      "import type { Total } from '../dialects/acme/wire.ts'\nexport type Sent = Total\n",
    'src/commands/sync-shop.ts':
      "import { shop } from '../suppliers/shop/supplier.ts'\nexport const syncShop = shop\n",
  },
  'nobody-imports-a-main': {
    'src/commands/start.ts': "import '../server.ts'\nexport const start = true\n",
  },
  'lists-are-for-mains': {
    'src/commands/list.ts': "import { dialects } from '../dialects/all.ts'\nexport const list = dialects\n",
  },
  'web-knows-only-the-house-wire': {
    'web/portal/orders.ts':
      "import type { Order } from '../../src/core/orders/order.ts'\nexport type Row = Order\n",
  },
  'server-knows-no-web': {
    'src/jobs/render.ts': "import { form } from '../../web/shared/form.ts'\nexport const render = form\n",
  },
  'no-tests-in-product': {
    'src/jobs/use-world.ts': "import { world } from '../../test/world.ts'\nexport const useWorld = world\n",
  },
  'no-barrels': {
    'src/values/index.ts': "export { zero } from './money.ts'\n",
  },
}

/** Planted files that are only there to be imported; a cycle is reported once, where it is first seen. */
const helpers = new Set(['src/values/loop-b.ts', 'src/core/ring-b/middle.ts', 'src/core/ring-a/end.ts'])

const run = promisify(execFile)
const scratch: string[] = []

afterAll(async () => {
  for (const folder of scratch) await rm(folder, { recursive: true, force: true })
})

test('every rule has a planted violation', () => {
  expect(Object.keys(planted).toSorted()).toEqual([...new Set(ruleNames)].toSorted())
})

describe('a tree that breaks every rule', () => {
  let violations: readonly Violation[]

  beforeAll(async () => {
    violations = (await cruise(await plant({ ...ground, ...Object.assign({}, ...Object.values(planted)) })))
      .summary.violations
  })

  const expected = Object.entries(planted).flatMap(([rule, tree]) =>
    Object.keys(tree)
      .filter((file) => !helpers.has(file))
      .map((file) => [rule, file] as const),
  )
  test.each(expected)('%s is reported for %s', (rule, file) => {
    const found = violations.filter((violation) => violation.rule.name === rule).map(({ from }) => from)
    // A rule about folders reports the folder, every other one the file.
    expect(found).toContain(rule === 'no-folder-cycles' ? dirname(file) : file)
  })
})

test('the same tree within the walls is silent, and seen', async () => {
  const { modules, summary } = await cruise(await plant(ground))
  expect(summary.violations).toEqual([])
  expect(modules.map(({ source }) => source)).toEqual(expect.arrayContaining(Object.keys(ground)))
})

describe('the real tree', () => {
  let found: Cruise

  beforeAll(async () => {
    found = await cruise(root)
  })

  test('is seen: at least every second file counts as a module, and imports are followed', async () => {
    const files = (await readdir(join(root, 'src'), { recursive: true })).filter((file) =>
      file.endsWith('.ts'),
    )
    const seen = found.modules.filter(({ source }) => source.startsWith('src/'))
    expect(seen.length).toBeGreaterThan(files.length / 2)
    expect(seen.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(files.length / 2)
  })

  test('shows the driver under the name that the wall looks for', () => {
    const database = found.modules.find(({ source }) => source === 'src/platform/database.ts')
    const driver = database?.dependencies
      .filter(({ module }) => module === 'pg')
      .map(({ resolved }) => resolved)
    expect(driver).toContainEqual(expect.stringMatching(/(^|node_modules\/)(@types\/)?pg\//))
  })
})

/** A project with the real configuration, the real packages and the given files. */
async function plant(tree: Tree): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-walls-'))
  scratch.push(folder)
  for (const file of [...configurations, 'tsconfig.json', 'package.json'])
    await copyFile(join(root, file), join(folder, file))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

/** Cruises a project as `tools/check.ts` does, and answers with everything that was seen. */
async function cruise(folder: string): Promise<Cruise> {
  const [files, folders] = await Promise.all(configurations.map((name) => cruiseUnder(name, folder)))
  if (files === undefined || folders === undefined) throw new Error('There are two configurations.')
  const violations = [...files.summary.violations, ...folders.summary.violations]
  return { modules: files.modules, summary: { violations } }
}

async function cruiseUnder(name: string, folder: string): Promise<Cruise> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const present = new Set(await readdir(folder))
  const folders = ['src', 'web', 'test', 'bin'].filter((entry) => present.has(entry))
  const args = [program, '--config', name, '--output-type', 'json', ...folders]
  const { stdout } = await run(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 })
  return JSON.parse(stdout) as Cruise // The tool's own format.
}

function rulesOf(name: string): string[] {
  const { forbidden } = createRequire(import.meta.url)(`../${name}`) as { forbidden: { name: string }[] } // As written there.
  return forbidden.map((rule) => rule.name)
}
