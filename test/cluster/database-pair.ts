import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../scrip-process.ts'
import { startDaemon } from './daemon.ts'
import type { Daemon, RunAs } from './daemon.ts'
import { openDatabaseNode } from './database-node.ts'
import type { DatabaseNode } from './database-node.ts'
import { etcdSectionFor } from './programs.ts'
import type { Programs } from './programs.ts'
import { fillTemplate } from './templates.ts'

/** Two PostgreSQL nodes of which Patroni keeps one the leader, and the etcd in which it writes that down. */
export type DatabasePair = {
  readonly nodes: readonly [DatabaseNode, DatabaseNode]
  readonly superuserPassword: string
  leader(): Promise<DatabaseNode>
  otherThan(node: DatabaseNode): DatabaseNode
  /** Waits until both nodes are there and one follows the other, synchronously where that is wanted. */
  untilWhole(): Promise<void>
  /** Hands the lead over, as an operator does before he works on a machine. */
  switchOver(from: DatabaseNode, to: DatabaseNode): Promise<void>
  killEtcd(): Promise<void>
  startEtcd(): void
  close(): Promise<void>
}

/** What Patroni's REST says of a node. */
type Member = { readonly name: string; readonly role: string; readonly state: string; readonly lag?: number }

export async function openDatabasePair(options: {
  readonly folder: string
  readonly programs: Programs
  readonly runAs: RunAs | undefined
  readonly isSynchronous: boolean
}): Promise<DatabasePair> {
  const { folder, programs, isSynchronous } = options
  const client = `127.0.0.1:${await freePort()}`
  const peer = `127.0.0.1:${await freePort()}`
  const etcdHome = join(folder, 'etcd')
  await mkdir(etcdHome, { mode: 0o700 })
  const etcdConfig = join(folder, 'etcd.yml')
  await writeFile(etcdConfig, await fillTemplate('etcd.yml', { data: join(etcdHome, 'data'), client, peer }))
  let etcd: Daemon | undefined
  const startEtcd = (): void => {
    const logPath = join(folder, 'etcd.log')
    const args = ['--config-file', etcdConfig]
    etcd = startDaemon({ command: programs.etcd, args, logPath, cwd: etcdHome })
  }
  startEtcd()
  const passwords = { superuser: newPassword(), replication: newPassword() }
  const { stdout: version } = await runFile(programs.patroni, ['--version'])
  const etcdSection = etcdSectionFor(version)
  const open = (name: string) => openDatabaseNode({ ...options, name, etcd: client, etcdSection, passwords })
  const nodes = [await open('node1'), await open('node2')] as const

  const members = async (): Promise<readonly Member[]> => {
    for (const { rest } of nodes) {
      const answer = await fetch(`http://${rest}/cluster`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      )
      if (answer?.ok === true) return ((await answer.json()) as { members: readonly Member[] }).members // Patroni's own contract.
    }
    return []
  }
  const follows = ({ role, state, lag }: Member): boolean =>
    (isSynchronous ? role === 'sync_standby' : role === 'replica') &&
    (state === 'running' || state === 'streaming') &&
    (lag ?? 0) < 1_000_000

  const pair: DatabasePair = {
    nodes,
    superuserPassword: passwords.superuser,
    async leader() {
      const wanted = await until('a leader', async () =>
        (await members()).find(({ role, state }) => role === 'leader' && state === 'running'),
      )
      return nodes.find(({ name }) => name === wanted.name) ?? nodes[0]
    },
    otherThan: (node) => (node === nodes[0] ? nodes[1] : nodes[0]),
    async untilWhole() {
      await until('a node that follows the leader', async () => {
        const all = await members()
        return all.some(({ role }) => role === 'leader') && all.some(follows) ? true : undefined
      })
    },
    async switchOver(from, to) {
      const args = ['--leader', from.name, '--candidate', to.name, '--force']
      await runFile(programs.patronictl, ['-c', from.configPath, 'switchover', ...args])
    },
    async killEtcd() {
      etcd?.kill('SIGKILL')
      await etcd?.ended
    },
    startEtcd,
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
      await pair.killEtcd()
    },
  }
  try {
    // The one that comes first becomes the leader, the other copies it.
    nodes[0].start()
    await pair.leader()
    nodes[1].start()
    await pair.untilWhole()
    return pair
  } catch (error) {
    await pair.close()
    throw error
  }
}

const runFile = promisify(execFile)

function newPassword(): string {
  return randomBytes(16).toString('hex')
}

/** Asks again until there is an answer; two minutes, for a node that has to copy the whole of the other. */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await pause(200)
  }
  throw new Error(`There has been no sign of ${what} for two minutes.`)
}
