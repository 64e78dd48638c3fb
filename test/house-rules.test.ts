import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, posix, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/**
 * The rules of the house that no other tool holds. Each is a function from files to complaints, so that it can be shown
 * a file that breaks it: a rule that no longer sees anything fails here, instead of passing for ever.
 */

type File = { readonly path: string; readonly text: string }
type Rule = {
  readonly name: string
  readonly complaints: (files: readonly File[]) => string[]
  /** Files that break the rule, each in its own way: every one of them must be complained about. */
  readonly breaks: readonly File[]
  /** Files that come close and obey it. */
  readonly obeys: readonly File[]
}

const root = resolve(import.meta.dirname, '..')
const notOurs = new Set(['node_modules', '.git', '.scrip', '.install-lock', '.env', 'dist', 'coverage'])
const code = /\.(ts|tsx|js|cjs|mjs)$/
const testFile = /(\.test\.tsx?$|^test\/)/
const linesMax = 400

// Assembled, so that this file does not contain what it forbids.
const [only, skip, exportDefault] = ['only', 'skip', ['export', 'default'].join(' ')]
const markers = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['X', 'XX'],
].map((halves) => halves.join(''))
const homes = ['work', 'root'].map((name) => `/${name}/`)

const rules: readonly Rule[] = [
  {
    name: 'there is no index file',
    complaints: eachPath((path) => /(^|\/)index\.[cm]?[jt]sx?$/.test(path)),
    breaks: [file('src/core/orders/index.ts'), file('web/portal/index.tsx')],
    obeys: [file('src/core/orders/reindex.ts')],
  },
  {
    name: `no file in src has more than ${linesMax} lines`,
    complaints: each(
      /^src\/(?!.*\/examples\/).*$/,
      ({ text }) => text.replace(/\n$/, '').split('\n').length > linesMax,
    ),
    breaks: [file('src/core/orders/order.ts', 'line\n'.repeat(linesMax + 1))],
    obeys: [
      file('src/core/orders/order.ts', 'line\n'.repeat(linesMax)),
      file('src/dialects/acme/examples/catalogue.json', 'line\n'.repeat(linesMax + 1)),
    ],
  },
  {
    name: 'no comment leaves work behind',
    complaints: each(/\.(ts|tsx|js|cjs|mjs|sql|sh|jsonc)$/, ({ text }) =>
      new RegExp(`(//|\\*|--|#).*\\b(${markers.join('|')})\\b`).test(text),
    ),
    breaks: markers.map((marker) => file('src/core/orders/order.ts', `// ${marker} later\n`)),
    obeys: [
      file('src/values/money.test.ts', `expect(parseCurrency('${markers[2]}')).toBe('${markers[2]}')\n`),
    ],
  },
  {
    name: 'no test is singled out, and none skipped without a reason',
    complaints: each(testFile, ({ text }) => singledOut.test(text) || skippedSilently.test(text)),
    breaks: [
      file('src/a.test.ts', `test.${only}('is the one', () => {})`),
      file('src/a.test.ts', `describe.each([1])('x', () => { it.concurrent.${only}('y', () => {}) })`),
      file('src/a.test.ts', `test.${skip}('is not run', () => {})`),
      file('src/a.test.ts', `context.${skip}()`),
      file('src/a.test.ts', `context.${skip}(process.platform === 'win32')`),
    ],
    obeys: [
      file('src/a.test.ts', `context.${skip}('needs a network')`),
      file('src/a.test.ts', `context.${skip}(process.platform === 'win32', 'signals differ there')`),
    ],
  },
  {
    name: 'every dialect has the files that its folder must have',
    complaints: dialectGaps,
    breaks: [file('src/dialects/acme/dialect.ts')],
    obeys: ['README.md', 'dialect.ts', 'routes/orders.ts', 'wire.ts', 'mapping.ts', 'errors.ts', 'auth.ts']
      .map((name) => file(`src/dialects/acme/${name}`))
      .concat(file('src/dialects/all.ts')),
  },
  {
    name: 'migrations are numbered from 0001 without a gap, and only go forward',
    complaints: migrationGaps,
    breaks: [
      file('migrations/0001-partners.down.sql'),
      file('migrations/0002-orders.sql'),
      file('migrations/1-short.sql'),
      file('migrations/0003_snake.sql'),
    ],
    obeys: [
      file('migrations/0001-partners.sql'),
      file('migrations/0002-orders.sql'),
      file('migrations/README.md'),
    ],
  },
  {
    name: 'file names are kebab-case',
    complaints: eachPath(
      (path) =>
        /^(src|web|test|tools|bin|bench|migrations)\//.test(path) &&
        (code.test(path) || path.endsWith('.sql')) &&
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|sql|config|d))*\.[a-z]+$/.test(posix.basename(path)),
    ),
    breaks: [
      file('src/core/orders/placeOrder.ts'),
      file('src/core/orders/place_order.ts'),
      file('bin/Tool.js'),
    ],
    obeys: [
      file('src/core/orders/place-order.test.ts'),
      file('src/core/orders/orders.sql.ts'),
      file('README.md'),
    ],
  },
  {
    name: 'src has no default export',
    complaints: each(/^src\/.*\.tsx?$/, ({ text }) => new RegExp(`^\\s*${exportDefault}\\b`, 'm').test(text)),
    breaks: [file('src/server.ts', `${exportDefault} function start() {}\n`)],
    obeys: [file('vitest.config.ts', `${exportDefault} {}\n`)],
  },
  {
    name: 'nobody outside a dialect asks which dialect it is',
    complaints: each(/^(src\/(?!dialects\/[^/]+\/)|web\/).*\.tsx?$/, ({ text }) => asksForDialect.test(text)),
    breaks: [
      file('src/core/orders/place-order.ts', "if (dialect === 'acme') return\n"),
      file('src/jobs/send-event.ts', "if ('acme' !== endpoint.dialect) return\n"),
      file('src/dialects/mount.ts', 'switch (partner.dialect) {}\n'),
    ],
    obeys: [
      file('src/dialects/acme/auth.ts', "if (dialect === 'acme') return\n"),
      file('src/dialects/mount.ts', 'const dialect = dialects.find(offers)\n'),
      file('src/platform/config.ts', 'if (dialect === undefined) return\n'),
    ],
  },
  {
    name: 'every relative import names a file that exists, with its ending',
    complaints: brokenImports,
    breaks: [
      file('src/server.ts', "import { pool } from './platform/database'\n"),
      file('src/worker.ts', "const cli = await import('./cli.js')\n"),
      file('src/cli.ts', "import './gone.ts'\n"),
    ],
    obeys: [file('src/jobs/a.ts', "import type { B } from './b.ts'\n"), file('src/jobs/b.ts')],
  },
  {
    name: 'nothing depends on where it was written',
    complaints: each(/./, ({ text }) =>
      homes.some((home) => new RegExp(`(^|[^\\w./-])${home}`, 'm').test(text)),
    ),
    breaks: homes.map((home) => file('docs/operating.md', `Look into ${home}scrip for it.\n`)),
    obeys: [file('docs/operating.md', `See https://example.com${homes[0]} and src${homes[1]}.\n`)],
  },
]

const singledOut = new RegExp(`\\.${only}\\s*\\(`)
// A test or a group of its own gets no reason at all; a context may, as its last argument.
const skippedSilently = new RegExp(
  `\\b(test|it|describe|suite)(\\.\\w+)*\\.${skip}\\s*\\(|\\.${skip}\\s*\\((?!\\s*['"\`]|[^\\n]*,\\s*['"\`])`,
)
// Whether there is one at all may be asked.
const asksForDialect = new RegExp(
  [
    /\bdialect\b(\.name|\.id)?\s*[!=]={1,2}(?!=|\s*(undefined|null)\b)/,
    /['"`]\s*[!=]={1,2}\s*(\w+\.)*dialect\b/,
    /switch \((\w+\.)*dialect\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
)

const ourFiles = await readOurFiles()

test('the rules look at the whole repository', () => {
  const paths = ourFiles.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining(['package.json', 'test/house-rules.test.ts', 'tools/check.ts']),
  )
  expect(paths.filter((path) => /(^|\/)(node_modules|\.git)\//.test(path))).toEqual([])
})

describe.each(rules)('$name', ({ complaints, breaks, obeys }) => {
  test('holds here', () => {
    expect(complaints(ourFiles)).toEqual([])
  })
  test('sees a file that breaks it', () => {
    for (const broken of breaks) expect(complaints([broken]), broken.text).not.toEqual([])
  })
  test('lets a file be that obeys it', () => {
    expect(complaints(obeys)).toEqual([])
  })
})

function file(path: string, text = ''): File {
  return { path, text }
}

/** A rule about single files: those whose path matches and whose text is guilty. */
function each(paths: RegExp, isGuilty: (file: File) => boolean): Rule['complaints'] {
  return (files) => files.filter((one) => paths.test(one.path) && isGuilty(one)).map(({ path }) => path)
}

function eachPath(isGuilty: (path: string) => boolean): Rule['complaints'] {
  return each(/./, ({ path }) => isGuilty(path))
}

/** A part may also be a folder of its name, once it is split by resource. */
function dialectGaps(files: readonly File[]): string[] {
  const paths = files.map(({ path }) => path)
  const vendors = new Set(paths.flatMap((path) => /^src\/dialects\/([^/]+)\//.exec(path)?.[1] ?? []))
  return [...vendors].flatMap((vendor) => {
    const folder = `src/dialects/${vendor}`
    const has = (part: string) =>
      paths.some((path) => path === `${folder}/${part}.ts` || path.startsWith(`${folder}/${part}/`))
    const missing = ['dialect', 'routes', 'wire', 'mapping', 'errors', 'auth'].filter((part) => !has(part))
    if (!paths.includes(`${folder}/README.md`)) missing.push('README.md')
    return missing.map((part) => `${folder} has no ${part}`)
  })
}

function migrationGaps(files: readonly File[]): string[] {
  const names = files.map(({ path }) => path).filter((path) => /^migrations\/.*\.sql$/.test(path))
  return names.toSorted().flatMap((path, index) => {
    const number = /^migrations\/(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.sql$/.exec(path)?.[1]
    if (number === undefined) return [`${path} is not called NNNN-kebab.sql`]
    return Number(number) === index + 1 ? [] : [`${path} should have the number ${index + 1}`]
  })
}

/** The compiler resolves './x.js' to x.ts and Node does not: what is written must be what is there. */
function brokenImports(files: readonly File[]): string[] {
  const paths = new Set(files.map(({ path }) => path))
  const judged = files.filter(
    ({ path }) => /^(src|web|tools|bench)\//.test(path) && code.test(path) && !testFile.test(path),
  )
  return judged.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*['"](\.[^'"\n]*)['"]/g)]
      .map(([, target = '']) => posix.join(dirname(path), target))
      .filter((target) => !paths.has(target))
      .map((target) => `${path} imports ${target}`),
  )
}

/** Every text file of the repository; what holds a NUL is none. */
async function readOurFiles(): Promise<File[]> {
  const paths = await listFiles('')
  const files = await Promise.all(
    paths.map(async (path) => file(path, await readFile(join(root, path), 'utf8'))),
  )
  return files.filter(({ text }) => !text.includes('\0'))
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const nested = entries
    .filter(({ name }) => !notOurs.has(name) && !name.endsWith('.log'))
    .map(async (entry) => {
      const path = posix.join(folder, entry.name)
      if (entry.isDirectory()) return listFiles(path)
      return entry.isFile() ? [path] : []
    })
  return (await Promise.all(nested)).flat()
}
