import { BadSetting } from '../platform/config.ts'
import { NoDatabase } from '../platform/database-home.ts'
import { isDatabaseDown, sqlState } from '../platform/database.ts'
import { EmbeddedPostgresError } from '../platform/embedded-postgres/error.ts'
import { PostgresToolError } from '../platform/postgres-tools.ts'
import { Failure } from '../values/failure.ts'
import { BadUsage } from './params.ts'

export type ErrorReport = {
  readonly code: string
  readonly message: string
  readonly exitCode: 1 | 2
  /** Nobody expected it: its stack says more. */
  readonly isUnexpected: boolean
}

/** Whatever a command threw, as a code for programs and a sentence for people. */
export function describeError(error: unknown): ErrorReport {
  const expected = (code: string, message: string): ErrorReport => ({
    code,
    message,
    exitCode: 1,
    isUnexpected: false,
  })
  if (error instanceof BadUsage) return { ...expected('usage', error.message), exitCode: 2 }
  if (error instanceof Failure) return expected(error.code, sentenceOf(error))
  if (error instanceof BadSetting) return expected('bad_setting', error.message)
  if (error instanceof NoDatabase) return expected('no_database', error.message)
  if (error instanceof EmbeddedPostgresError) return expected('embedded_database', error.message)
  if (error instanceof PostgresToolError) return expected('postgres_tool', error.message)
  if (isDatabaseDown(error))
    return expected('unavailable', `The database cannot be reached: ${messageOf(error)}.`)
  // 28: the login is refused; 3D000: there is no such database.
  if (/^(28|3D)/.test(sqlState(error) ?? ''))
    return expected(
      'bad_setting',
      `The database of DATABASE_URL refuses the connection: ${messageOf(error)}.`,
    )
  return { ...expected('internal', messageOf(error)), isUnexpected: true }
}

function sentenceOf(failure: Failure): string {
  return failure.fields.length === 0
    ? failure.message
    : failure.fields.map((field) => field.sentence).join(' ')
}

/** A connection refused by each of several addresses has its reasons in a list and no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
