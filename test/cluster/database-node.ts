import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase, sql } from '../../src/platform/database.ts'
import { freePort } from '../scrip-process.ts'
import { startTcpProxy } from '../tcp-proxy.ts'
import { familyOf, signalAll, startDaemon } from './daemon.ts'
import type { Daemon, RunAs } from './daemon.ts'
import type { Programs } from './programs.ts'
import { fillTemplate } from './templates.ts'

/** PostgreSQL under Patroni, as one machine of a pair. */
export type DatabaseNode = {
  readonly name: string
  readonly configPath: string
  /** Host and port. */
  readonly postgres: string
  readonly rest: string
  start(): void
  /** kill -9 of everything on it at once. */
  kill(): Promise<void>
  /** Stops everything on it where it stands, as a machine that hangs; and lets it go on. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Nothing reaches the other node over the link of replication any more, nor comes from there. */
  swallowLink(): void
  /** The link passes on again; what was under way on it is lost. */
  renewLink(): Promise<void>
  /** Whether it takes writes, asked of PostgreSQL itself. */
  takesWrites(): Promise<boolean>
  close(): Promise<void>
}

export type NodeOptions = {
  readonly folder: string
  readonly name: string
  readonly programs: Programs
  readonly runAs: RunAs | undefined
  readonly etcd: string
  readonly etcdSection: string
  readonly isSynchronous: boolean
  readonly passwords: { readonly superuser: string; readonly replication: string }
}

export async function openDatabaseNode(options: NodeOptions): Promise<DatabaseNode> {
  const { folder, name, programs, runAs, passwords } = options
  const home = join(folder, name)
  await mkdir(home, { mode: 0o700 })
  const postgres = `127.0.0.1:${await freePort()}`
  const link = await startTcpProxy(`postgres://${postgres}/`)
  const rest = `127.0.0.1:${await freePort()}`
  const configPath = join(home, 'patroni.yml')
  const data = join(home, 'data')
  await writeFile(
    configPath,
    await fillTemplate('patroni.yml', {
      name,
      rest,
      postgres,
      // The other node comes by a way that can be cut.
      reached: new URL(link.url).host,
      etcd: options.etcd,
      etcd_section: options.etcdSection,
      synchronous: String(options.isSynchronous),
      network: '127.0.0.1/32',
      data,
      programs: programs.postgres,
      passwords: join(home, 'passwords'),
      sockets: home,
      superuser_password: passwords.superuser,
      replication_password: passwords.replication,
      watchdog: 'off',
    }),
  )
  if (runAs !== undefined) for (const path of [home, configPath]) await chown(path, runAs.uid, runAs.gid)
  // For questions of ours, which must not wait for a node that is gone.
  const database = openDatabase({
    url: `postgres://postgres:${passwords.superuser}@${postgres}/postgres`,
    poolSize: 1,
    applicationName: 'rehearsal',
  })
  let patroni: Daemon | undefined

  const everything = async (): Promise<number[]> => {
    const postmaster = await readPostmaster(data)
    const families = [patroni?.pid, postmaster].filter((pid) => pid !== undefined).map(familyOf)
    return (await Promise.all(families)).flat()
  }
  const node: DatabaseNode = {
    name,
    configPath,
    postgres,
    rest,
    start() {
      patroni = startDaemon({
        command: programs.patroni,
        args: [configPath],
        logPath: join(folder, `${name}.log`),
        runAs,
        cwd: home,
      })
    },
    async kill() {
      signalAll(await everything(), 'SIGKILL')
      await patroni?.ended
      patroni = undefined
    },
    freeze: async () => signalAll(await everything(), 'SIGSTOP'),
    thaw: async () => signalAll(await everything(), 'SIGCONT'),
    swallowLink: link.swallow,
    async renewLink() {
      await link.cut()
      link.release()
      await link.restore()
    },
    async takesWrites() {
      const [row] = await database
        .query<{ isReplica: boolean }>(sql`select pg_is_in_recovery() as "isReplica"`)
        .catch(() => [])
      return row?.isReplica === false
    },
    async close() {
      await database.close()
      await node.kill()
      await link.close()
      await pause(100)
    },
  }
  return node
}

async function readPostmaster(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  if (!(pid > 0)) return undefined
  // After a kill -9 the file is still there, and another process may have the number by now.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return command.includes(data) ? pid : undefined
}
