// Keeps node_modules in step with package-lock.json, so that a fresh checkout starts with one command.
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const waitMsMax = 15 * 60_000
const heartbeatMs = 5_000
/** A lock whose holder has not been heard of for so long is left over, whatever process now bears its number. */
const staleMs = 30_000

/**
 * Runs `npm ci` unless what is installed is what the lock file says. Starts at the same moment take turns:
 * one installs, the others wait for it.
 * `needs.development` counts the development tools in; `needs.platformPackages` names optional packages that this start
 * cannot do without where the lock file has them.
 */
export async function ensureInstalled(root, needs, timing = { staleMs, heartbeatMs }) {
  if (!existsSync(join(root, 'package-lock.json'))) return
  const lock = join(root, '.install-lock')
  const deadline = Date.now() + waitMsMax
  for (let isWaiting = false; ; isWaiting = true) {
    if (!existsSync(lock) && isInstalled(root, needs)) return
    if (takeLock(lock, timing.staleMs)) return installUnderLock(root, lock, needs, timing.heartbeatMs)
    if (!isWaiting) say('Another start is installing the dependencies; waiting for it …')
    if (Date.now() > deadline)
      throw new Error(
        `Another start has been installing for too long. If none is, remove ${lock} and start again.`,
      )
    await sleep(200)
  }
}

/** Whether node_modules holds what the lock file asks for. Compared by content: file times change with every checkout and copy. */
export function isInstalled(root, { development, platformPackages }) {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || present === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    if (found !== undefined) return found.version === entry.version && found.integrity === entry.integrity
    if (platformPackages.some((name) => path === `node_modules/${name}`)) return !isForThisMachine(entry)
    return entry.optional === true || entry.devOptional === true || (entry.dev === true && !development)
  })
}

function isForThisMachine({ os, cpu }) {
  return [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch)
}

/** The packages of a lock file; undefined if it is absent or was cut short, which an install repairs. */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

async function installUnderLock(root, lock, needs, heartbeatMs) {
  const release = () => rmSync(lock, { recursive: true, force: true })
  const heartbeat = setInterval(() => touch(lock), heartbeatMs)
  process.once('exit', release)
  try {
    // The one who held the lock before may have done the work.
    if (!isInstalled(root, needs)) await runNpmCi(root, needs)
  } finally {
    clearInterval(heartbeat)
    process.off('exit', release)
    release()
  }
}

/** Takes the lock, a directory because making one is atomic, and clears away one whose holder is gone. */
function takeLock(lock, staleMs) {
  try {
    mkdirSync(lock)
  } catch (error) {
    if (error.code !== 'EEXIST')
      throw new Error(
        `The dependencies must be installed, but ${dirname(lock)} cannot be written to (${error.code}). Run \`npm ci\` there as its owner.`,
        { cause: error },
      )
    if (isStale(lock, staleMs)) clearStale(lock, staleMs)
    return false
  }
  writeFileSync(join(lock, 'owner'), JSON.stringify({ pid: process.pid, host: hostname() }))
  // Git does not list a directory that ignores itself.
  writeFileSync(join(lock, '.gitignore'), '*\n')
  return true
}

function isStale(lock, staleMs) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > staleMs) return true
    const { pid, host } = JSON.parse(readFileSync(join(lock, 'owner'), 'utf8'))
    return host === hostname() && !isRunning(pid)
  } catch {
    // Just released, or taken and not yet signed: look again in a moment.
    return false
  }
}

/** Renaming first means that of several who find the lock stale only one removes it; one that was taken anew meanwhile goes back. */
function clearStale(lock, staleMs) {
  const aside = `${lock}-${process.pid}-${Date.now()}`
  try {
    renameSync(lock, aside)
    if (!isStale(aside, staleMs)) return renameSync(aside, lock)
  } catch {
    return
  }
  rmSync(aside, { recursive: true, force: true })
}

function touch(lock) {
  try {
    utimesSync(lock, new Date(), new Date())
  } catch {
    // Whoever removed the lock by hand has decided.
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function runNpmCi(root, { development }) {
  say('Installing the dependencies (npm ci) …')
  const { command, first } = findNpm()
  // The optional packages are the binaries this machine needs, whatever the user's own npm settings leave out.
  const include = ['--include=optional', ...(development ? ['--include=dev'] : [])]
  const args = [
    ...first,
    'ci',
    ...include,
    '--engine-strict=false',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && first.length === 0,
  })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  let stoppedBy
  const stop = (signal) => {
    stoppedBy = signal
    child.kill(signal)
  }
  for (const signal of signals) process.on(signal, stop)
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.code === 'ENOENT' ? 'npm was not found' : error.message))
    child.once('exit', (code, signal) =>
      resolve(code === 0 ? undefined : `npm ended with ${signal ?? `code ${code}`}`),
    )
  })
  for (const signal of signals) process.off(signal, stop)
  if (stoppedBy !== undefined)
    throw new Error(`The installation was stopped by ${stoppedBy}; the next start takes it up again.`)
  if (outcome === undefined) return
  throw new Error(
    `The dependencies could not be installed: ${outcome}. What npm said stands above. Repair it, or run \`npm ci\` in ${root} by hand, then start again.`,
  )
}

/** The npm that belongs to this Node: the one that started us, else the one beside the binary, else the first on the path. */
function findNpm() {
  const folder = dirname(process.execPath)
  const candidates = [
    process.env.npm_execpath,
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ]
  const script = candidates.find(
    (path) => path !== undefined && basename(path) === 'npm-cli.js' && existsSync(path),
  )
  return script === undefined ? { command: 'npm', first: [] } : { command: process.execPath, first: [script] }
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}
