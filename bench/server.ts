import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../src/platform/migrate.ts'
import { openDatabase, rawStatement } from '../src/platform/database.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'

/** A PostgreSQL of the benchmark's own, with fsync on, and a migrated database in it. */
export type BenchServer = {
  readonly url: string
  /** Another database on the same server, for its own superuser. */
  readonly superuserUrl: string
  /** The address of another database on the same server, made if it is missing. */
  databaseUrl(name: string): Promise<string>
  /** Writes out what earlier work has left in memory, so that each figure begins with a quiet disk. */
  settle(): Promise<void>
  stop(): Promise<void>
}

export async function startBenchServer(): Promise<BenchServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-bench-'))
  const server = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '400' } })
  const database = openDatabase({ url: server.url, poolSize: 4 })
  await migrate(database)
  await database.close()
  return {
    url: server.url,
    superuserUrl: server.superuserUrl,
    async databaseUrl(name) {
      const owner = openDatabase({ url: server.url, poolSize: 4 })
      await owner.query(rawStatement(`create database ${name}`))
      await owner.close()
      const url = new URL(server.url)
      url.pathname = `/${name}`
      return url.href
    },
    async settle() {
      const superuser = openDatabase({ url: server.superuserUrl, poolSize: 4, statementTimeoutMs: 0 })
      await superuser.query(rawStatement('checkpoint'))
      await superuser.close()
    },
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
