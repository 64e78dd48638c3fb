import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  makeProject,
  npmRuns,
  project,
  removeProject,
  start,
  startChild,
  startLater,
  uninstall,
  until,
  writeLock,
} from './test-project.ts'

beforeEach(makeProject)
afterEach(removeProject)

describe('installing the dependencies', () => {
  it('happens when there are none, writes only to standard error, and then starts', () => {
    uninstall()
    const { stdout, stderr } = start(['echo'], { cwd: tmpdir() })
    expect(JSON.parse(stdout)).toMatchObject({ args: [] })
    expect(stderr).toContain('Installing the dependencies')
    expect(stderr).toContain('npm says something')
    expect(npmRuns()).toHaveLength(1)
    expect(existsSync(join(project.folder, '.install-lock'))).toBe(false)
  })

  it('does not happen when they are as the lock file says, whatever the file times', () => {
    writeFileSync(
      join(project.folder, 'package-lock.json'),
      readFileSync(join(project.folder, 'package-lock.json')),
    )
    start(['echo'])
    expect(npmRuns()).toHaveLength(0)
  })

  it('happens when the lock file names another version, or the installed list was cut short', () => {
    writeLock({ '': {}, 'node_modules/a': { version: '1.0.1', integrity: 'y' } })
    start(['echo'])
    expect(npmRuns()).toHaveLength(1)
    writeFileSync(join(project.folder, 'node_modules/.package-lock.json'), '{ "packages": {')
    start(['echo'])
    expect(npmRuns()).toHaveLength(2)
  })

  it('leaves a production install alone until a tool is wanted, and packages of other systems always', () => {
    writeLock({
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/tool': { version: '1.0.0', dev: true },
      'node_modules/elsewhere': { version: '1.0.0', optional: true, os: ['plan9'], cpu: ['x64'] },
    })
    start(['echo'])
    expect(npmRuns()).toHaveLength(0)
    start(['check'], { script: 'tool.js' })
    expect(npmRuns()).toEqual([expect.stringContaining('--include=dev')])
  })

  it('happens once when several start at the same moment', async () => {
    uninstall()
    const starts = await Promise.all(Array.from({ length: 4 }, (_, i) => startLater(['exit', String(i)])))
    expect(starts).toEqual([0, 1, 2, 3])
    expect(npmRuns()).toHaveLength(1)
  })

  it('happens despite a lock that a killed start left behind', () => {
    uninstall()
    mkdirSync(join(project.folder, '.install-lock'))
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    writeFileSync(
      join(project.folder, '.install-lock/owner'),
      JSON.stringify({ pid: dead, host: hostname() }),
    )
    expect(start(['exit', '4']).status).toBe(4)
    expect(npmRuns()).toHaveLength(1)
  })

  it('explains a failure in a sentence and leaves no lock', () => {
    uninstall()
    const { stderr, status } = start(['echo'], { env: { NPM_FAILS: '1' } })
    expect(stderr).toContain('npm error no such registry')
    expect(stderr).toContain('The dependencies could not be installed: npm ended with code 7.')
    expect(stderr).not.toContain('    at ')
    expect(status).toBe(1)
    expect(existsSync(join(project.folder, '.install-lock'))).toBe(false)
  })

  it('can be interrupted', async () => {
    uninstall()
    const child = startChild(['echo'], { NPM_MS: '20000' })
    await until(() => npmRuns().length === 1)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await ended).toBe(1)
    expect(existsSync(join(project.folder, '.install-lock'))).toBe(false)
  })
})

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'))
  const entries = Object.entries<{ resolved?: string; optionalDependencies?: Record<string, string> }>(
    packages,
  )

  it('names no registry', () => {
    expect(entries.filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([])
  })

  it('lists the packages of every platform, without which npm ci refuses', () => {
    const missing = entries.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    )
    expect(missing).toEqual([])
  })
})
