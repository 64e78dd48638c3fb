import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../src/platform/migrate.ts'
import { openDatabase, rawStatement } from '../src/platform/database.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's own database, in which test databases are made. */
    serverUrl: string
    templateName: string
  }
}

/**
 * One PostgreSQL for the whole run: the embedded one, or the server of SCRIP_TEST_DATABASE_URL. A migrated template is made once;
 * each test file clones it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['SCRIP_TEST_DATABASE_URL']
  const server = given === undefined ? await startOwn() : { url: given, stop: async () => undefined }
  const templateName = `scrip_template_${process.pid}`
  await runOn(server.url, `create database ${templateName}`)
  const template = openDatabase({ url: withDatabase(server.url, templateName), poolSize: 4 })
  await migrate(template)
  await template.close()
  project.provide('serverUrl', server.url)
  project.provide('templateName', templateName)
  return async () => {
    await runOn(server.url, `drop database if exists ${templateName} with (force)`)
    await server.stop()
  }
}

async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-test-'))
  const server = await startEmbeddedPostgres({ dataDir })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function runOn(url: string, statement: string): Promise<void> {
  const database = openDatabase({ url, poolSize: 4, statementTimeoutMs: 60_000 })
  await database.query(rawStatement(statement))
  await database.close()
}

function withDatabase(url: string, name: string): string {
  const parsed = new URL(url)
  parsed.pathname = `/${name}`
  return parsed.href
}
