import { Failure } from '../../values/failure.ts'
import type { Redemption } from '../redemptions/redemption.ts'
import type { HolderParts } from './ask-for-code.ts'
import { proveCode } from './prove-code.ts'
import { redeemForHolder } from './redeem-for-holder.ts'

/**
 * Pays what the newest code of a telephone was sent for. A code is one payment: however often it comes, the answer is its receipt.
 * Throws Failure one_time_code_wrong, too_many_failures, and what `redeemAtTill` throws.
 */
export async function payByCode(
  parts: HolderParts,
  command: { readonly phone: string; readonly code: string },
): Promise<Redemption> {
  const { phone, code } = command
  const which = { purpose: 'ussd', phone, code, requestHash: undefined } as const
  const { id, payment } = await proveCode(parts, which, async (_tx, live) => live)
  if (payment === undefined) throw new Failure('one_time_code_wrong')
  return redeemForHolder(parts, { mode: 'ussd', transactionId: `ussd:${id}`, phone, payment })
}
