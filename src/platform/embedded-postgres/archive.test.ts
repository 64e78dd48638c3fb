import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { archiveSettings, restoreCommand } from './archive.ts'
import type { Place } from './place.ts'

let home: string
let place: Place
let folder: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'scrip-archive-'))
  await chmod(home, 0o711)
  place = { dataDir: home, cluster: join(home, 'postgres'), caches: [], account: undefined }
  folder = join(home, 'archive')
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** Starts with an archive as the setting says, or as the data directory remembers. */
function start(setting?: string): { readonly command: string; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const wish = setting === undefined ? undefined : { folder: setting, everySeconds: 60 }
  const settings = archiveSettings(place, wish, (line) => warnings.push(line))
  return { command: settings['archive_command'] ?? '', warnings }
}

/** Runs a command as PostgreSQL does, for a piece of this content; its exit status. */
async function run(command: string, name: string, content: string): Promise<number | null> {
  const path = join(home, 'piece')
  await writeFile(path, content)
  const text = command.replaceAll('%p', path).replaceAll('%f', name).replaceAll('%%', '%')
  return spawnSync('/bin/sh', ['-c', text], { stdio: 'ignore' }).status
}

test('a piece is archived once, and another content under its name never', async () => {
  const { command, warnings } = start(folder)
  expect(warnings).toEqual([])
  expect(await run(command, 'A', 'one')).toBe(0)
  expect(await run(command, 'A', 'one')).toBe(0)
  expect(await run(command, 'A', 'two')).not.toBe(0)
})

test('an archive that is not mounted, is another’s, or cannot be written to keeps no database from starting, and nothing is written beside it', async () => {
  const { command } = start(folder)
  await rename(folder, join(home, 'elsewhere'))
  for (const isMountPoint of [false, true]) {
    if (isMountPoint) await mkdir(folder)
    const { command: again, warnings } = start(isMountPoint ? folder : undefined)
    expect(again).toBe(command)
    expect(warnings).toEqual([expect.stringContaining('is not there: is it mounted?')])
    expect(await run(again, 'A', 'one')).not.toBe(0)
  }
  expect(await readdir(folder)).toEqual([])
  await writeFile(join(folder, 'archive.json'), '{"format":1,"id":"another"}')
  expect(start(folder).warnings).toEqual([expect.stringContaining('belongs to another database')])
  expect(await run(command, 'A', 'one')).not.toBe(0)
  await rm(folder, { recursive: true })
  await rename(join(home, 'elsewhere'), folder)
  expect(start(folder).warnings).toEqual([])
  expect(await run(command, 'A', 'one')).toBe(0)
})

test('an archive that is new here must be empty, or have been this database’s', async () => {
  start(folder)
  const other = join(home, 'other')
  await mkdir(other)
  await writeFile(join(other, 'letters.txt'), 'x')
  expect(() => start(other)).toThrow('is not empty and no archive of Scrip')
  await rm(join(other, 'letters.txt'))
  await writeFile(join(other, 'archive.json'), '{"format":1,"id":"another"}')
  expect(() => start(other)).toThrow('belongs to another database')
  await writeFile(join(other, 'archive.json'), await readFile(join(folder, 'archive.json')))
  expect(start(other).warnings).toEqual([])
})

test('a piece that is not there is the end of the log, and one that cannot be read ends the recovery', async () => {
  const { command } = start(folder)
  await run(command, 'A', 'x'.repeat(100_000))
  expect(await run(restoreCommand(folder), 'B', '')).toBe(1)
  expect(await run(restoreCommand(folder), 'A', '')).toBe(0)
  expect(await readFile(join(home, 'piece'), 'utf8')).toHaveLength(100_000)
  const packed = await readFile(join(folder, 'A.gz'))
  await writeFile(join(folder, 'A.gz'), packed.subarray(0, -20))
  expect(await run(restoreCommand(folder), 'A', '')).toBe(255)
})
