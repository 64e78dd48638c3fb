import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, inject } from 'vitest'
import { openDatabase, rawStatement, sqlState } from '../src/platform/database.ts'
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
    await drop(serverUrl, name)
  })
  return { database, url: url.href }
}

/** The server's own vacuum may be at work in a database, and nobody but its owner may end that: it is over in a moment. */
async function drop(serverUrl: string, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await onServer(serverUrl, `drop database if exists ${name} with (force)`)
      return
    } catch (error) {
      if (sqlState(error) !== insufficientPrivilege || tries === 20) throw error
      await pause(500)
    }
  }
}

const insufficientPrivilege = '42501'

async function onServer(url: string, statement: string): Promise<void> {
  const server = openDatabase({ url, poolSize: 4, statementTimeoutMs: 60_000 })
  await server.query(rawStatement(statement))
  await server.close()
}
