import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDaemon } from './daemon.ts'
import type { DatabaseNode } from './database-node.ts'
import type { Programs } from './programs.ts'
import { fillTemplate } from './templates.ts'

/** HAProxy, before the database and before the servers. */
export type Front = { close(): Promise<void> }

export async function openFront(options: {
  readonly folder: string
  readonly programs: Programs
  readonly nodes: readonly [DatabaseNode, DatabaseNode]
  /** Hosts and ports: where it listens, and where it leads to. */
  readonly postgres: string
  readonly http: string
  readonly servers: readonly [string, string, string]
}): Promise<Front> {
  const { folder, programs, nodes, postgres, http, servers } = options
  const [one, two] = nodes
  const path = join(folder, 'haproxy.cfg')
  const restOf = ({ rest }: DatabaseNode) => new URL(`http://${rest}`)
  const text = await fillTemplate('haproxy.cfg', {
    postgres,
    http,
    node1: one.postgres,
    node1_rest_host: restOf(one).hostname,
    node1_rest_port: restOf(one).port,
    node2: two.postgres,
    node2_rest_host: restOf(two).hostname,
    node2_rest_port: restOf(two).port,
    server1: servers[0],
    server2: servers[1],
    server3: servers[2],
  })
  await writeFile(path, text)
  const logPath = join(folder, 'haproxy.log')
  const daemon = startDaemon({
    command: programs.haproxy,
    args: ['-db', '-f', path],
    logPath,
    cwd: folder,
  })
  return {
    async close() {
      daemon.kill('SIGKILL')
      await daemon.ended
    },
  }
}
