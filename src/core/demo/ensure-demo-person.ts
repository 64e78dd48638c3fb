import type { Tx } from '../../platform/database.ts'
import { newToken } from '../../platform/secrets.ts'
import type { PartnerId } from '../../values/ids.ts'
import { setPassword } from '../users/choose-password.ts'
import { findPerson } from '../users/find-person.ts'
import { addUser } from '../users/invite-user.ts'
import type { Side } from '../users/user.ts'

/** Somebody of the demo world, with a new password; made where there is nobody with the address. */
export async function ensureDemoPerson(
  tx: Tx,
  person: {
    readonly side: Side
    readonly partnerId: PartnerId
    readonly email: string
    readonly name: string
    readonly role: string
  },
): Promise<{ readonly email: string; readonly password: string }> {
  const { email } = person
  const user = (await findPerson(tx, email)) ?? (await addUser(tx, { ...person, actor: 'system' }))
  const password = newToken('', 15)
  await setPassword(tx, user, password, undefined)
  return { email, password }
}
