import { isUuid } from '../../platform/cursor.ts'
import type { Database } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findCaughtRow, selectCaught } from './caught-messages.sql.ts'
import type { CaughtRow } from './caught-messages.sql.ts'
import type { CaughtContent, CaughtMessage, CaughtReader } from './catcher.ts'

/** Lets look at what a sandbox has caught. */
export function readCaught(database: Database, keyRing: KeyRing): CaughtReader {
  return {
    async list(request) {
      const page = await keysetPage<CaughtRow>(
        {
          name: 'caught messages',
          filters: {},
          keyShapes: [isUuid],
          keyOf: (row) => [row.id],
          find: (position, limit) => selectCaught(database, position, limit),
        },
        request,
      )
      return { ...page, rows: await Promise.all(page.rows.map((row) => open(keyRing, row))) }
    },
    async find(id) {
      const row = await findCaughtRow(database, id)
      if (row === undefined) throw new Failure('message_not_found')
      return open(keyRing, row)
    },
  }
}

async function open(keyRing: KeyRing, row: CaughtRow): Promise<CaughtMessage> {
  const { ciphertext, dataKeyId, ...rest } = row
  // The seal proves that catchMessage wrote it.
  const content = JSON.parse(await keyRing.open({ ciphertext, dataKeyId }, row.id)) as CaughtContent
  return { ...content, ...rest }
}
