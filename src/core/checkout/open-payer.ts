import type { Db } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { PayerId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { OpenPayer, Payer, PayerSettings } from './payer.ts'
import { selectPayerSettings } from './payers.sql.ts'

/** Opens a payer for a call or two. Throws Failure payer_not_found, also where this process has no such connector. */
export async function openPayer(db: Db, keyRing: KeyRing, open: OpenPayer, id: PayerId): Promise<Payer> {
  const row = await selectPayerSettings(db, id)
  if (row === undefined) throw new Failure('payer_not_found')
  const { settings: ciphertext, dataKeyId, connector } = row
  const text = await keyRing.open({ ciphertext, dataKeyId }, id)
  const payer = open(connector, JSON.parse(text) as PayerSettings) // `createPayer` wrote it.
  if (payer === undefined)
    throw new Failure('payer_not_found', { internal: `there is no connector "${connector}" here` })
  return payer
}
