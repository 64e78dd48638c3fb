import type { Db } from '../../platform/database.ts'
import { tidyEmail } from './user.ts'
import type { User } from './user.ts'
import { selectUser } from './users.sql.ts'

/** Whoever signs in with an address, on either side; undefined: nobody does. */
export async function findPerson(db: Db, email: string): Promise<User | undefined> {
  return selectUser(db, { email: tidyEmail(email) })
}
