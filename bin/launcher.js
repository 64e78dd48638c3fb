// What bin/scrip.js and bin/tool.js share. Plain JavaScript for Node 20 and newer, without dependencies: it runs before
// anything is installed.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './install.js'

/** The folder of package.json. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const isWindows = process.platform === 'win32'

/** Tells the child which process started it, so that it can notice when that one is gone. */
const launcherVariable = 'SCRIP_LAUNCHER_PID'

/**
 * Installs the dependencies if they are missing or differ from the lock file.
 * `development` asks for the tools as well, which a production install leaves out.
 */
export async function prepare({ development = false } = {}) {
  const platformPackages = isNewEnough() ? [] : nodePackages()
  await ensureInstalled(root, { development, platformPackages })
}

/** Whether this Node will do: from 24.7 on it runs TypeScript by itself and knows the hash of passwords (Argon2). So does the one that we brought along, as far as it can. */
export function isNewEnough(version = process.versions.node, path = process.execPath) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 25 || (major === 24 && minor >= 7) || path.startsWith(join(root, 'node_modules'))
}

/** The Node to run TypeScript with: this one if it can, else the one that an optional dependency brought along. */
export function nodeForTypeScript(root) {
  if (isNewEnough()) return process.execPath
  const file = isWindows ? 'node.exe' : 'node'
  const shipped = nodePackages().map((name) => join(root, 'node_modules', name, 'bin', file))
  const found = shipped.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `Scrip needs Node 24.7 or newer, this is ${process.version}, and no Node of its own is installed for ` +
      `${process.platform}-${process.arch}. Install Node 24 (https://nodejs.org) and start again.`,
  )
}

/** The packages that may hold a Node binary for this machine; macOS on ARM goes by another name. */
function nodePackages() {
  const system = isWindows ? 'win' : process.platform
  return [`node-${system}-${process.arch}`, `node-bin-${system}-${process.arch}`]
}

/**
 * Runs a command in place of this process: by exec where Node has it, else as a child whose streams, signals and end are ours.
 * `childStopsWithUs` lets a child that calls stopWithParent() end even if this process is killed outright.
 */
export async function runInstead(command, args, { childStopsWithUs = false } = {}) {
  const env = withNodeInPath(process.env, command)
  if (!isWindows && typeof process.execve === 'function') {
    hideTypeStrippingWarning()
    process.execve(command, [command, ...args], env)
  }
  if (childStopsWithUs) env[launcherVariable] = String(process.pid)
  const child = spawn(command, args, { stdio: 'inherit', env })
  forwardSignals(child)
  whenParentIsGone(shellOfNpm(), () => child.kill('SIGTERM'))
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(command, error)))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  await endLike(code, signal)
}

function cannotRun(command, error) {
  return new Error(
    `${command} cannot be run on this machine (${error.code ?? error.message}). Install Node 24 and start again.`,
  )
}

/** Programs that the child starts as `node` or by their name in node_modules get the right ones. */
function withNodeInPath(environment, command) {
  const name = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const folders = [dirname(command), join(root, 'node_modules', '.bin'), environment[name]].filter(Boolean)
  return { ...environment, [name]: folders.join(delimiter) }
}

const forwardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

function forwardSignals(child) {
  for (const signal of forwardedSignals) process.on(signal, () => child.kill(signal))
}

/** Ends this process the way the child ended; does not return. */
async function endLike(code, signal) {
  for (const name of forwardedSignals) process.removeAllListeners(name)
  if (signal === null) process.exit(code ?? 1)
  process.kill(process.pid, signal)
  // A signal that does not end us, because it is blocked or this is process 1 of a container, still must not look like success.
  await sleep(100)
  process.exit(128 + (constants.signals[signal] ?? 0))
}

/**
 * Stops this process as SIGTERM would once the one that waits for it has vanished: killed outright, a launcher can forward nothing,
 * and a server without it would go on holding the port.
 */
export function stopWithParent() {
  const launcher = Number(process.env[launcherVariable])
  delete process.env[launcherVariable]
  whenParentIsGone(launcher || shellOfNpm(), () => {
    if (process.listenerCount('SIGTERM') === 0) process.exit(128 + constants.signals.SIGTERM)
    process.emit('SIGTERM', 'SIGTERM')
  })
}

/** npm hands SIGTERM to the shell in which it runs a script, and that shell ends without handing it on. */
function shellOfNpm() {
  return process.env.npm_lifecycle_event !== undefined && !isWindows ? process.ppid : 0
}

function whenParentIsGone(parent, act) {
  if (!parent) return
  const timer = setInterval(() => {
    if (isStillParent(parent)) return
    clearInterval(timer)
    act()
  }, 500)
  timer.unref()
}

function isStillParent(parent) {
  if (!isWindows) return process.ppid === parent
  try {
    return process.kill(parent, 0)
  } catch {
    return false
  }
}

/**
 * One Ctrl-C can arrive up to three times: from the terminal, which signals everyone, and forwarded by npm and by the launcher.
 * The product takes a second signal as "do not wait", so repetitions within half a second count as one.
 */
export function mergeRepeatedSignals() {
  const emit = process.emit
  const lastAt = new Map()
  process.emit = function (event, ...rest) {
    if (!forwardedSignals.includes(event)) return emit.call(this, event, ...rest)
    const now = performance.now()
    const isRepetition = now - (lastAt.get(event) ?? -Infinity) < 500
    lastAt.set(event, now)
    return isRepetition || emit.call(this, event, ...rest)
  }
}

/** Some versions that strip types still call it experimental, on every start. */
export function hideTypeStrippingWarning() {
  const emitWarning = process.emitWarning
  process.emitWarning = function (warning, ...rest) {
    if (/type stripping|process\.execve/i.test(String(warning))) return
    emitWarning.call(this, warning, ...rest)
  }
}

/** The file behind a program of node_modules, by its package's name or by its own, and whether it is a native binary. */
export function findTool(root, name) {
  const path = toolPath(root, name)
  if (path === undefined) throw new Error(`There is no program "${name}" in node_modules.`)
  return { path, native: isNative(path) }
}

function toolPath(root, name) {
  const modules = join(root, 'node_modules')
  const manifest = readJson(join(modules, name, 'package.json'))
  const own = manifest === undefined ? undefined : chooseBin(manifest, name)
  if (own !== undefined) return join(modules, name, own)
  const installed = readJson(join(modules, '.package-lock.json'))?.packages ?? {}
  // Only packages at the top of node_modules: a nested one belongs to another package.
  const owner = Object.keys(installed).find(
    (path) => path.lastIndexOf('node_modules/') === 0 && installed[path].bin?.[name],
  )
  return owner === undefined ? undefined : join(root, owner, installed[owner].bin[name])
}

function chooseBin({ bin }, name) {
  if (bin === undefined || typeof bin === 'string') return bin
  const shortName = name.slice(name.indexOf('/') + 1)
  return bin[shortName] ?? (Object.keys(bin).length === 1 ? Object.values(bin)[0] : undefined)
}

/** Whatever is neither named as JavaScript nor begins with a line that asks for Node. */
function isNative(path) {
  if (/\.[cm]?[jt]s$/.test(path)) return false
  const start = Buffer.alloc(64)
  const file = openSync(path, 'r')
  readSync(file, start)
  closeSync(file)
  return !/^#!.*\bnode\b/.test(start.toString('latin1'))
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** Ends the process with a sentence instead of a stack trace. */
export function fail(error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
