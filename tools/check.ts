import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = resolve(import.meta.dirname, '..')

/** A tool of node_modules and what it is given. `bin` is needed where the package and its program differ in name. */
type Command = { readonly package: string; readonly bin?: string; readonly args: readonly string[] }

type Step = {
  readonly name: string
  readonly title: string
  readonly check: readonly Command[]
  readonly fix?: readonly Command[]
}

/** Everything that dependency-cruiser and the walls look at; a folder that is not there yet is left out. */
const cruised = ['src', 'web', 'test', 'bench', 'tools', 'bin', 'vitest.config.ts'].filter((path) =>
  existsSync(join(root, path)),
)

/** The quality gate, cheap steps first. The tests come last, so that their closing line ends the output. */
const steps: readonly Step[] = [
  {
    name: 'format',
    title: 'Format (oxfmt)',
    check: [{ package: 'oxfmt', args: ['--check', '.'] }],
    fix: [{ package: 'oxfmt', args: ['.'] }],
  },
  {
    name: 'lint',
    title: 'Lint (oxlint)',
    check: [{ package: 'oxlint', args: ['--deny-warnings'] }],
    fix: [{ package: 'oxlint', args: ['--fix', '--deny-warnings'] }],
  },
  {
    name: 'types',
    title: 'Types (TypeScript 7)',
    check: ['tsconfig.json', 'web/tsconfig.json'].map((project) => ({
      package: 'typescript-7',
      bin: 'tsc',
      args: ['--project', project],
    })),
  },
  {
    name: 'walls',
    title: 'Walls (dependency-cruiser)',
    check: [
      { package: 'dependency-cruiser', args: ['--config', '.dependency-cruiser.cjs', ...cruised] },
      { package: 'dependency-cruiser', args: ['--config', '.dependency-cruiser-folders.cjs', 'src'] },
    ],
  },
  { name: 'dead', title: 'Dead code (knip)', check: [{ package: 'knip', args: ['--no-config-hints'] }] },
  { name: 'tests', title: 'Tests (vitest)', check: [{ package: 'vitest', args: ['run'] }] },
]

process.exitCode = await check(process.argv.slice(2))

type Plan = {
  readonly runs: readonly { readonly step: Step; readonly commands: readonly Command[] }[]
  readonly goesOn: boolean
}

/** Runs the chosen steps in order and answers with the exit code of the first that fails, or 0. */
async function check(args: readonly string[]): Promise<number> {
  const plan = readArguments(args)
  if (typeof plan === 'string') {
    console.error(plan)
    return 2
  }
  let exitCode = 0
  for (const { step, commands } of plan.runs) {
    const outcome = await runStep(step, commands)
    exitCode ||= outcome
    if (exitCode !== 0 && !plan.goesOn) return exitCode
  }
  return exitCode
}

/** What to run, or a sentence about what is wrong with the arguments. */
function readArguments(args: readonly string[]): Plan | string {
  const options = { fix: { type: 'boolean' }, only: { type: 'string' } } as const
  let values
  try {
    values = parseArgs({ args: [...args], options }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const names = steps.map(({ name }) => name)
  const wanted = values.only?.split(',').map((name) => name.trim()) ?? names
  const unknown = wanted.find((name) => !names.includes(name))
  if (unknown !== undefined) return `There is no step "${unknown}"; the steps are ${names.join(', ')}.`
  const chosen = steps.filter(({ name }) => wanted.includes(name))
  if (values.fix !== true)
    return { runs: chosen.map((step) => ({ step, commands: step.check })), goesOn: false }
  // The formatter comes last, and in any case: what the linter mends is not laid out yet.
  const runs = chosen.toReversed().map((step) => ({ step, commands: step.fix ?? [] }))
  return { runs: runs.filter(({ commands }) => commands.length > 0), goesOn: true }
}

async function runStep(step: Step, commands: readonly Command[]): Promise<number> {
  console.log(`\n── ${step.title}`)
  const startedAt = performance.now()
  let exitCode = 0
  for (const command of commands) exitCode ||= await runTool(command)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  // Nothing may follow the closing line of the tests; vitest prints their duration itself.
  if (step.name !== 'tests')
    console.log(`── ${step.name} ${exitCode === 0 ? 'passed' : 'failed'} in ${seconds} s`)
  return exitCode
}

/** Runs one tool under this very Node, and whatever the tool starts by name as well. */
async function runTool({ package: name, bin = name, args }: Command): Promise<number> {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  const child = spawn(process.execPath, [binOf(name, bin), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path },
  })
  return new Promise((settle, fail) => {
    child.once('error', fail)
    // A tool that was killed has no exit code, and is no success.
    child.once('exit', (code) => settle(code ?? 1))
  })
}

function binOf(name: string, bin: string): string {
  const folder = join(root, 'node_modules', name)
  // The shape is npm's own: `bin` is one path, or a path for each program.
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>
  }
  const path = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin]
  if (path === undefined) throw new Error(`The package ${name} has no program ${bin}.`)
  return join(folder, path)
}
