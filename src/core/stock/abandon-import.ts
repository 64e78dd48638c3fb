import { randomUUID } from 'node:crypto'
import type { Database } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { ImportId } from '../../values/ids.ts'
import { deadAfterSeconds } from './claim-file.ts'
import { claimImport } from './imports.sql.ts'
import { findImport } from './list-imports.ts'
import { dropImport } from './publish-import.ts'
import type { StockImport } from './stock.ts'

/**
 * Gives up an import whose process died and that nobody wants to finish: its staged codes are dropped. One that has ended stays
 * as it is. Throws Failure import_not_found, and unavailable while a process is at work on it.
 */
export async function abandonImport(database: Database, id: ImportId, actor: string): Promise<StockImport> {
  const found = await findImport(database, id)
  if (found.state !== 'staging') return found
  const owner = randomUUID()
  const claimed = await claimImport(database, { id }, owner, deadAfterSeconds)
  if (claimed === undefined)
    throw new Failure('unavailable', {
      sentence: 'A process is at work on this import.',
      retryAfterSeconds: deadAfterSeconds,
    })
  await dropImport(database, { id, owner }, 'abandoned', actor)
  return findImport(database, id)
}
