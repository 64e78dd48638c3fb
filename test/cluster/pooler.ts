import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, rawStatement } from '../../src/platform/database.ts'
import { freePort } from '../scrip-process.ts'
import { startDaemon } from './daemon.ts'
import type { RunAs } from './daemon.ts'
import { fillTemplate } from './templates.ts'

/** PgBouncer in transaction mode, between the product and HAProxy. */
export type Pooler = {
  readonly url: string
  /** Opens its sessions anew, which the limits of a login need that were given later. */
  reconnect(): Promise<void>
  close(): Promise<void>
}

/** @param targetUrl the way that it takes to the database, with the login of its sessions */
export async function openPooler(options: {
  readonly folder: string
  readonly program: string
  readonly runAs: RunAs | undefined
  readonly targetUrl: string
}): Promise<Pooler> {
  const { folder, program, runAs, targetUrl } = options
  const { hostname, port, username, password, pathname } = new URL(targetUrl)
  const ownPort = String(await freePort())
  const [path, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'pgbouncer-users.txt')]
  const text = await fillTemplate('pgbouncer.ini', {
    database: pathname.slice(1),
    host: hostname,
    port,
    listen_host: '127.0.0.1',
    listen_port: ownPort,
    sessions: '10',
    users,
    admin: username,
  })
  await writeFile(path, text)
  await writeFile(users, `"${username}" "${password}"\n`, { mode: 0o600 })
  if (runAs !== undefined) await chown(users, runAs.uid, runAs.gid)
  const logPath = join(folder, 'pgbouncer.log')
  const daemon = startDaemon({ command: program, args: [path], logPath, runAs, cwd: folder })
  const pooled = new URL(targetUrl)
  pooled.host = `127.0.0.1:${ownPort}`
  return {
    url: pooled.href,
    async reconnect() {
      const itself = new URL(pooled)
      itself.pathname = '/pgbouncer'
      const database = openDatabase({ url: itself.href, poolSize: 1, isPooled: true })
      await database.query(rawStatement('reconnect'))
      await database.close()
    },
    async close() {
      daemon.kill('SIGKILL')
      await daemon.ended
    },
  }
}
