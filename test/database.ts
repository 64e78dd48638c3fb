import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, inject } from 'vitest'
import { openDatabase, rawStatement, sqlState } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'

export type TestDatabase = { readonly database: Database; readonly url: string }

let made = 0

/**
 * A database of its own for the calling test file, cloned from the migrated template (or from another); dropped when the file is done.
 * The application's role is in force, as in production.
 */
export async function createTestDatabase(template = inject('templateName')): Promise<TestDatabase> {
  const url = await create(`template ${template}`)
  const database = openDatabase({ url, role: 'scrip_app', poolSize: 20 })
  // Runs before the database is dropped: what is to be done afterwards is done in the reverse order.
  afterAll(async () => await database.close())
  return { database, url }
}

/** The address of a database in which nothing is; dropped when the file is done. */
export async function createEmptyDatabase(): Promise<string> {
  return await create('')
}

async function create(options: string): Promise<string> {
  const serverUrl = inject('serverUrl')
  made += 1
  const name = `scrip_test_${process.pid}_${Date.now()}_${made}`
  afterAll(async () => await drop(serverUrl, name))
  await onServer(serverUrl, `create database ${name} ${options}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
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
