import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { selectIsMaker } from './users.sql.ts'

/**
 * Nobody decides about what they asked for themselves, nor about what was asked for under a name that they made: by somebody whom they invited,
 * with a key that they issued, or with one that such a person issued. Otherwise one human would be two persons.
 * Throws Failure second_person_required.
 *
 * @param asked.by in the words of the audit log
 */
export async function requireSecondPerson(
  db: Db,
  asked: { readonly partnerId: PartnerId; readonly by: string },
  actor: string,
): Promise<void> {
  const { partnerId, by } = asked
  if (by === actor || (await selectIsMaker(db, { partnerId, actor: by, maker: actor })))
    throw new Failure('second_person_required')
}
