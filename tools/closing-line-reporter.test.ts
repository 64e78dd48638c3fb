import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const vitest = join(root, 'node_modules/vitest/vitest.mjs')

const passing = "import { test } from 'vitest'\ntest('is fine', () => {})\n"
const failing = "import { test } from 'vitest'\ntest('is broken', () => { throw new Error('on purpose') })\n"
const skipping = "import { test } from 'vitest'\ntest.todo('is left for later')\n"
const unloadable = "import { nothing } from './is-not-there.ts'\nnothing()\n"
const brokenHook =
  "import { beforeAll, test } from 'vitest'\nbeforeAll(() => { throw new Error('on purpose') })\ntest('never starts', () => {})\n"
const straying =
  "import { test } from 'vitest'\ntest('leaves a rejection behind', () => { void Promise.reject(new Error('on purpose')) })\n"
const crashing =
  "import { test } from 'vitest'\ntest('kills its process', () => { process.kill(process.pid, 'SIGKILL') })\n"
const talkative = "export const setup = () => () => console.log('a word at the very end')\n"

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scrip-closing-line-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  ['all tests pass', { 'a.test.ts': passing, 'b.test.ts': passing }, '2 passed, 0 failed', 0],
  ['one test fails', { 'a.test.ts': passing, 'b.test.ts': failing }, '1 passed, 1 failed', 1],
  ['some are skipped', { 'a.test.ts': passing, 'b.test.ts': skipping }, '1 passed, 0 failed, 1 skipped', 0],
  ['a file cannot be loaded', { 'a.test.ts': passing, 'b.test.ts': unloadable }, '1 passed, 1 failed', 1],
  ['a hook throws', { 'a.test.ts': passing, 'b.test.ts': brokenHook }, '1 passed, 1 failed, 1 skipped', 1],
  ['an error strays from its test', { 'a.test.ts': straying }, '1 passed, 1 failed', 1],
  ['there are no tests', {}, '0 passed, 1 failed', 1],
  ['every test is skipped', { 'a.test.ts': skipping }, '0 passed, 1 failed, 1 skipped', 1],
  [
    'the teardown still prints',
    { 'a.test.ts': passing, 'global-setup.ts': talkative },
    '1 passed, 0 failed',
    0,
  ],
  [
    'the setup of the run throws',
    { 'a.test.ts': passing, 'global-setup.ts': 'throw new Error()' },
    '0 passed, 1 failed',
    1,
  ],
] as const)('when %s, the last line says so', async (name, files, line, exitCode) => {
  const run = await runVitest(name, files)
  expect(run.output.endsWith(`\n${line}\n`), run.output).toBe(true)
  expect(run.exitCode).toBe(exitCode)
})

test('a test process that dies counts as failed', async () => {
  const run = await runVitest('dies', { 'a.test.ts': passing, 'b.test.ts': crashing })
  expect(run.output).toMatch(/\n1 passed, [1-9]\d* failed\n$/)
  expect(run.exitCode).toBe(1)
})

/** Runs vitest over the files in a project of their own; both streams count as its output, as they do on a terminal. */
async function runVitest(
  name: string,
  files: Record<string, string>,
): Promise<{ output: string; exitCode: number | null }> {
  const project = join(folder, name.replaceAll(' ', '-'))
  const setup = 'global-setup.ts' in files ? "['./global-setup.ts']" : '[]'
  const reporter = JSON.stringify(join(root, 'tools/closing-line-reporter.ts'))
  const config = `import { ClosingLineReporter } from ${reporter}
export default { test: { globalSetup: ${setup}, pool: 'forks', reporters: ['default', new ClosingLineReporter()] } }
`
  for (const [path, text] of Object.entries({ 'vitest.config.ts': config, ...files })) {
    await mkdir(dirname(join(project, path)), { recursive: true })
    await writeFile(join(project, path), text)
  }
  return new Promise((settle, fail) => {
    // A run inside a run must not take over what the outer one left in the environment.
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST')))
    const child = spawn(process.execPath, [vitest, 'run'], {
      cwd: project,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.stderr.on('data', (chunk) => (output += String(chunk)))
    child.once('error', fail)
    child.once('close', (exitCode) => settle({ output, exitCode }))
  })
}
