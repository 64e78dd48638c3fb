import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNewEnough } from './launcher.js'

const bin = import.meta.dirname

/** Stands in for src/cli.ts. It has a type annotation, so that only a Node that strips types gets through. */
const cli = `
const wait = () => setInterval(() => {}, 1000)
const commands: Record<string, (args: string[]) => void> = {
  echo: (args) => console.log(JSON.stringify({ args, cwd: process.cwd(), node: process.versions.node })),
  cat: () => void process.stdin.pipe(process.stdout),
  exit: ([code]) => process.exit(Number(code)),
  die: () => void process.kill(process.pid, 'SIGKILL'),
  serve: () => {
    const timer = wait()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        console.log('got ' + signal)
        if (signal === 'SIGTERM') { clearInterval(timer); process.exitCode = 5; process.stdin.destroy() }
      })
    }
    console.log('serving ' + process.pid)
  },
}
export async function main(argv: string[]): Promise<void> { commands[argv[0] ?? '']?.(argv.slice(1)) }
`

/** Stands in for npm: counts its runs, takes a while, and installs what the lock file says. */
const npm = `
import { appendFileSync, copyFileSync, mkdirSync } from 'node:fs'
appendFileSync('npm-runs', process.argv.slice(2).join(' ') + '\\n')
console.log('npm says something')
await new Promise((resolve) => setTimeout(resolve, Number(process.env.NPM_MS ?? 300)))
if (process.env.NPM_FAILS) { console.error('npm error no such registry'); process.exit(7) }
mkdirSync('node_modules', { recursive: true })
copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
`

/** Makes the first process take itself for an old Node without exec, on machines that have none. */
const pretendOldNode =
  'data:text/javascript,' +
  encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } }); delete process.execve`,
  )

/** The project of the running test: our bin/ with a command line and an npm that are stand-ins. */
export const project = { folder: '' }
let children: ChildProcess[] = []

export function makeProject(): void {
  project.folder = realpathSync(mkdtempSync(join(tmpdir(), 'scrip-launcher-')))
  cpSync(bin, join(project.folder, 'bin'), { recursive: true })
  mkdirSync(join(project.folder, 'src'))
  writeFileSync(join(project.folder, 'src/cli.ts'), cli)
  writeFileSync(join(project.folder, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(project.folder, 'npm'))
  writeFileSync(join(project.folder, 'npm/package.json'), '{ "type": "module" }')
  writeFileSync(join(project.folder, 'npm/npm-cli.js'), npm)
  writeLock({ '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' } })
  installByHand()
}

/** Ends what the test started, and removes the project. */
export function removeProject(): void {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(project.folder, { recursive: true, force: true })
}

type StartOptions = {
  command?: string
  flags?: string[]
  script?: string
  cwd?: string
  input?: string
  env?: Record<string, string>
}

export function start(
  args: string[],
  {
    command = process.execPath,
    flags = [],
    script = 'scrip.js',
    cwd = project.folder.folder,
    input = '',
    env = {},
  }: StartOptions = {},
) {
  const options = { cwd, input, encoding: 'utf8', env: environment(env) } as const
  return spawnSync(command, [...flags, join(project.folder, 'bin', script), ...args], options)
}

export function startChild(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [join(project.folder, 'bin/scrip.js'), ...args], {
    env: environment(env),
    stdio: 'ignore',
  })
  children.push(child)
  return child
}

export async function startLater(args: string[]): Promise<number | null> {
  const child = startChild(args)
  return await new Promise((resolve) => child.once('exit', resolve))
}

/** With `inShell` the way npm runs a script: below a shell, which is the process that the answer holds. */
export async function serve(flags: string[], command: string = process.execPath, inShell = false) {
  const line = [command, ...flags, join(project.folder, 'bin/scrip.js'), 'serve']
  // What follows keeps the shell from turning into the program.
  const [file = '', ...args] = inShell ? ['/bin/sh', '-c', '"$@"; exit $?', 'sh', ...line] : line
  const env = environment(inShell ? { npm_lifecycle_event: 'start' } : {})
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await until(() => output.includes('serving'))
  return { child, ended, output: () => output }
}

/** The runner's own variables must not reach the processes under test. */
function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, SCRIP_LAUNCHER_PID: __, npm_lifecycle_event: ___, ...rest } = process.env
  return { ...rest, npm_execpath: join(project.folder, 'npm/npm-cli.js'), ...extra }
}

/** A pretended old Node everywhere, and a real one where the path has it. */
export function oldNodes() {
  const pretended = { name: 'pretended', command: process.execPath, flags: ['--import', pretendOldNode] }
  const folders = (process.env['PATH'] ?? '').split(':')
  const real = folders
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path) && !isNewEnough(versionOf(path), path))
  return real === undefined ? [pretended] : [pretended, { name: versionOf(real), command: real, flags: [] }]
}

function versionOf(node: string): string {
  return spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim()
}

export function writeLock(packages: Record<string, object>): void {
  writeFileSync(join(project.folder, 'package-lock.json'), JSON.stringify({ packages }))
}

/** As npm would leave it, with the Node that runs this test in the place of the shipped one. */
function installByHand(): void {
  const folder = join(
    project.folder,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
  )
  mkdirSync(folder, { recursive: true })
  symlinkSync(process.execPath, join(folder, process.platform === 'win32' ? 'node.exe' : 'node'))
  cpSync(join(project.folder, 'package-lock.json'), join(project.folder, 'node_modules/.package-lock.json'))
}

export function uninstall(): void {
  rmSync(join(project.folder, 'node_modules'), { recursive: true })
}

export function addPackage(
  name: string,
  manifest: { bin: string | Record<string, string> },
  files: Record<string, string>,
): void {
  const folder = join(project.folder, 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  const lock = JSON.parse(readFileSync(join(project.folder, 'package-lock.json'), 'utf8'))
  lock.packages[`node_modules/${name}`] = { version: '1.0.0', integrity: 'x', ...manifest }
  writeFileSync(join(project.folder, 'package-lock.json'), JSON.stringify(lock))
  writeFileSync(join(project.folder, 'node_modules/.package-lock.json'), JSON.stringify(lock))
}

export function npmRuns(): string[] {
  const file = join(project.folder, 'npm-runs')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen')
    await pause(20)
  }
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
