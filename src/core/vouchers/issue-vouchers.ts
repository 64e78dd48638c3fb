import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { randomCharacters } from '../../platform/secrets.ts'
import type { PartnerId, VoucherId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { codeAlphabet, codeRandomCharacters, withCheckCharacter } from './code.ts'
import { fingerprintOfCode } from './fingerprint-of-code.ts'
import type { NewVoucher } from './voucher.ts'
import { insertVouchers } from './vouchers.sql.ts'

export type IssuedVoucher = { readonly id: VoucherId; readonly code: string; readonly voucher: NewVoucher }

/**
 * Issues vouchers of one partner that differ in holder, telephone number, amount and position alone, with a code each that nobody can
 * guess. Their worth is the caller's to book, in the same transaction or before. The codes are in the answer, in the vouchers' order.
 */
export async function issueVouchers(
  tx: Tx,
  keyRing: KeyRing,
  partnerId: PartnerId,
  vouchers: readonly NewVoucher[],
): Promise<IssuedVoucher[]> {
  const issued = vouchers.map((voucher) => ({
    voucher,
    id: newId<VoucherId>(),
    code: withCheckCharacter(randomCharacters(codeAlphabet, codeRandomCharacters)),
  }))
  const sealed = await keyRing.sealManyForPartner(
    partnerId,
    issued.map(({ id, code }) => ({ plaintext: code, context: id })),
    tx,
  )
  const rows = issued.flatMap(({ id, code, voucher }, place) => {
    const own = sealed[place]
    return own === undefined
      ? []
      : [{ ...voucher, id, codeHash: fingerprintOfCode(keyRing, code), sealed: own }]
  })
  await insertVouchers(tx, partnerId, rows)
  return issued
}
