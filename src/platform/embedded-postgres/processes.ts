import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { errorCode } from './error.ts'

/** Whether a process runs. One that has ended but was not collected by its parent is dead, although signals still reach it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
  const state = linuxStat(pid)?.[0]
  return state !== 'Z' && state !== 'X'
}

/**
 * Something that tells a process from a later one with the same number: when it started, in the system's own notation.
 * Undefined where the system does not say.
 */
export function startMark(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStat(pid)?.[19]
  return askPs(pid, 'lstart=')
}

/** The command a process was started with, its arguments separated by blanks; undefined where the system does not say. */
export function commandOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return askPs(pid, 'args=')
  return readProc(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim()
}

/** The fields of /proc/<pid>/stat that follow the program's name, which may itself hold blanks and parentheses. */
function linuxStat(pid: number): string[] | undefined {
  const stat = process.platform === 'linux' ? readProc(`/proc/${pid}/stat`) : undefined
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function askPs(pid: number, format: string): string | undefined {
  if (process.platform === 'win32') return undefined
  const { stdout } = spawnSync('ps', ['-ww', '-o', format, '-p', String(pid)], {
    encoding: 'utf8',
    timeout: 5_000,
  })
  return stdout?.trim() || undefined
}
