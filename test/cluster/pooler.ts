import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase, rawStatement, sql } from '../../src/platform/database.ts'
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

/**
 * Starts it and waits until it leads to the database.
 *
 * @param targetUrl the way that it takes to the database, with the login of its sessions
 */
export async function openPooler(options: {
  readonly folder: string
  readonly program: string
  readonly runAs: RunAs | undefined
  readonly targetUrl: string
  /** Of PostgreSQL, for its login. */
  readonly sessions: number
}): Promise<Pooler> {
  const { folder, program, runAs, targetUrl, sessions } = options
  const { hostname, port, username, password, pathname } = new URL(targetUrl)
  const ownPort = String(await freePort())
  const [path, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'pgbouncer-users.txt')]
  const text = await fillTemplate('pgbouncer.ini', {
    database: pathname.slice(1),
    host: hostname,
    port,
    listen_host: '127.0.0.1',
    listen_port: ownPort,
    sessions: String(sessions),
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
  await untilItLeads(pooled.href)
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

async function untilItLeads(url: string): Promise<void> {
  const database = openDatabase({ url, poolSize: 1, isPooled: true })
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        await database.query(sql`select 1 as one`)
        return
      } catch (error) {
        if (tries === 100) throw error
        await pause(100)
      }
    }
  } finally {
    await database.close()
  }
}
