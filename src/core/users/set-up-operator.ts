import type { Database, Db, Tx } from '../../platform/database.ts'
import { randomCharacters, sha256 } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import { houseId } from '../messages/message.ts'
import { putSetupCode, takeSetupCode } from './access.sql.ts'
import { setPassword } from './choose-password.ts'
import { addUser } from './invite-user.ts'
import type { User } from './user.ts'
import { countUsers } from './users.sql.ts'

/** Whether nobody can use the console yet. */
export async function needsFirstOperator(db: Db): Promise<boolean> {
  return (await countUsers(db, houseId)) === 0
}

/** A code with which somebody becomes the first operator within a day; it takes the place of the former one. Undefined: there is an operator. */
export async function newSetupCode(database: Database): Promise<string | undefined> {
  return database.inTransaction(async (tx) => {
    if (!(await needsFirstOperator(tx))) return undefined
    const code = randomCharacters(letters, 20)
    await putSetupCode(tx, sha256(code), 24)
    return code
  })
}

export type SetUpOperator = { readonly name: string; readonly email: string; readonly password: string }

/**
 * Makes the first operator, an administrator, for whoever can show the code that the server printed. Throws Failure link_ended (no such code, or
 * there is an operator), validation_failed.
 */
export async function setUpOperator(
  database: Database,
  { code, ...person }: SetUpOperator & { readonly code: string },
): Promise<User> {
  return database.inTransaction(async (tx) => {
    // Of two who come at once, one takes the code; it is back where the rest fails.
    const isCode = await takeSetupCode(tx, sha256(code.trim().slice(0, 100)))
    if (!isCode || !(await needsFirstOperator(tx))) throw new Failure('link_ended')
    return addWithPassword(tx, { ...person, actor: 'setup' })
  })
}

/** An administrator of the house with a password. Throws Failure validation_failed, already_exists. */
async function addWithPassword(
  tx: Tx,
  { name, email, password, actor }: SetUpOperator & { readonly actor: string },
): Promise<User> {
  const user = await addUser(tx, { side: 'operator', partnerId: houseId, name, email, role: 'admin', actor })
  await setPassword(tx, user, password, undefined)
  return user
}

/** Without signs that look alike. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
