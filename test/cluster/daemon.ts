import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'

/** A program that is not ours, running in the foreground with its words in a file. */
export type Daemon = {
  readonly pid: number
  readonly ended: Promise<unknown>
  kill(signal: NodeJS.Signals): void
}

/** Who runs PostgreSQL and what belongs to it: it refuses to be run by root. */
export type RunAs = { readonly uid: number; readonly gid: number }

const running = new Set<ChildProcess>()

// Whatever ends the rehearsal ends them, too; and Patroni, asked to stop, stops its PostgreSQL.
process.once('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

export function startDaemon(options: {
  readonly command: string
  readonly args: readonly string[]
  readonly logPath: string
  readonly runAs?: RunAs | undefined
  readonly cwd: string
}): Daemon {
  const { command, args, logPath, runAs, cwd } = options
  const log = createWriteStream(logPath, { flags: 'a' })
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
    ...runAs,
    env: { PATH: process.env['PATH'], HOME: cwd, LANG: 'C.UTF-8' },
  })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const ended = once(child, 'exit')
  running.add(child)
  child.once('exit', () => running.delete(child))
  return { pid: child.pid ?? 0, ended, kill: (signal) => void child.kill(signal) }
}

/** A process and all that descend from it, itself first; as far as /proc shows them now. */
export async function familyOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>()
  const entries = await readdir('/proc')
  for (const entry of entries.filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    // The name in brackets may hold anything; what follows its last bracket does not.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (parent !== undefined) parents.set(Number(entry), Number(parent))
  }
  const family = [pid]
  for (const one of family) for (const [child, parent] of parents) if (parent === one) family.push(child)
  return family
}

/** All at once, as a machine that falls over would; who is gone already is no matter. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}
