import { afterAll, inject } from 'vitest'
import { openDatabase, rawStatement } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'

export type TestDatabase = { readonly database: Database; readonly url: string }

let made = 0

/**
 * A database of its own for the calling test file, cloned from the migrated template; dropped when the file is done.
 * The application's role is in force, as in production.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject('serverUrl')
  made += 1
  const name = `scrip_test_${process.pid}_${Date.now()}_${made}`
  await onServer(serverUrl, `create database ${name} template ${inject('templateName')}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const database = openDatabase({ url: url.href, role: 'scrip_app', poolSize: 20 })
  afterAll(async () => {
    await database.close()
    await onServer(serverUrl, `drop database if exists ${name} with (force)`)
  })
  return { database, url: url.href }
}

async function onServer(url: string, statement: string): Promise<void> {
  const server = openDatabase({ url, poolSize: 4, statementTimeoutMs: 60_000 })
  await server.query(rawStatement(statement))
  await server.close()
}
