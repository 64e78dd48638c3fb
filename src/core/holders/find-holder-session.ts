import type { Db } from '../../platform/database.ts'
import { sha256 } from '../../platform/secrets.ts'
import type { SessionId } from '../../values/ids.ts'
import { endHolderSessionRow, selectHolderSession } from './holders.sql.ts'

/** Whose telephone a session is about, if it has not ended. */
export async function findHolderSession(
  db: Db,
  token: string | undefined,
): Promise<{ readonly id: SessionId; readonly phone: string } | undefined> {
  return token === undefined || token.length > 200 ? undefined : selectHolderSession(db, sha256(token))
}

/** Ends a session at once; one that is not there has ended. */
export async function endHolderSession(db: Db, token: string): Promise<void> {
  await endHolderSessionRow(db, sha256(token))
}
