import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { mutants as allMutants } from './mutants/all.ts'
import type { Mutant } from './mutants/mutant.ts'

const root = resolve(import.meta.dirname, '..')

/** All that the tests need of the repository. */
const parts = [
  'bin',
  'migrations',
  'src',
  'test',
  'tools',
  'web',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vitest.config.ts',
]

const runLongestMs = 300_000

process.exitCode = await main(process.argv.slice(2))

/** Plants one defect after the other in a copy of the repository, and answers 1 if one is not found by its test. */
async function main(args: readonly string[]): Promise<number> {
  const mutants = choose(args)
  if (typeof mutants === 'string') {
    console.error(mutants)
    return 2
  }
  const copy = await mkdtemp(join(tmpdir(), 'scrip-mutants-'))
  try {
    for (const part of parts) await cp(join(root, part), join(copy, part), { recursive: true })
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
    const outcomes: Outcome[] = []
    for (const mutant of mutants) {
      const outcome = await tryMutant(copy, mutant)
      outcomes.push(outcome)
      console.log(`${outcome.padEnd(10)} ${mutant.name}  (${mutant.test.file})`)
    }
    const caught = outcomes.filter((outcome) => outcome === 'caught').length
    console.log(`${caught} of ${mutants.length} mutants caught`)
    return caught === mutants.length ? 0 : 1
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** Which mutants, or a sentence about what is wrong with the arguments. */
function choose(args: readonly string[]): readonly Mutant[] | string {
  try {
    const options = { only: { type: 'string', multiple: true } } as const
    const { only } = parseArgs({ args: [...args], options }).values
    const unknown = only?.find((name) => !allMutants.some((mutant) => mutant.name === name))
    if (unknown !== undefined) return `There is no mutant "${unknown}".`
    return allMutants.filter(({ name }) => only?.includes(name) ?? true)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** SURVIVED: its test passes all the same. MISFIT: its text is not there. BROKEN: no test of that title ran to its end. */
type Outcome = 'caught' | 'SURVIVED' | 'MISFIT' | 'BROKEN'

async function tryMutant(copy: string, { file, search, replace, test }: Mutant): Promise<Outcome> {
  const path = join(copy, file)
  const sound = await readFile(path, 'utf8')
  if (sound.split(search).length !== 2) return 'MISFIT'
  // A function, because a text may have a "$" in it.
  await writeFile(
    path,
    sound.replace(search, () => replace),
  )
  try {
    const results = await runTest(copy, test)
    if (results.length === 0) return 'BROKEN'
    return results.includes('failed') ? 'caught' : 'SURVIVED'
  } finally {
    await writeFile(path, sound)
  }
}

/** What became of the tests of that title. */
async function runTest(copy: string, { file, title }: Mutant['test']): Promise<string[]> {
  const report = join(copy, 'report.json')
  await rm(report, { force: true })
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  const pattern = title.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
  const args = [vitest, 'run', file, '-t', pattern, '--reporter=json', `--outputFile=${report}`]
  const child = spawn(process.execPath, args, {
    cwd: copy,
    stdio: 'ignore',
    timeout: runLongestMs,
    killSignal: 'SIGKILL',
  })
  await once(child, 'exit')
  const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}')
  const { testResults } = JSON.parse(text) as {
    testResults: { assertionResults: { title: string; status: string }[] }[]
  } // As vitest writes it.
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((one) => one.title.includes(title) && (one.status === 'passed' || one.status === 'failed'))
    .map(({ status }) => status)
}
