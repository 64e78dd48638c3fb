import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findMerchant } from './find-merchant.ts'
import { isName, isTillNumber } from './merchant.ts'
import type { Till } from './merchant.ts'
import { upsertTill } from './merchants.sql.ts'

/**
 * Gives a merchant a till, or changes the one with the number. A closed one takes nothing.
 * Throws Failure merchant_not_found, already_exists (another merchant's), validation_failed.
 */
export async function saveTill(
  tx: Tx,
  command: {
    readonly number: string
    readonly merchant: string
    readonly name: string
    readonly status: Till['status']
    readonly actor: string
  },
): Promise<Till> {
  const { number, name, status, actor } = command
  const fields: FieldProblem[] = []
  if (!isTillNumber(number))
    fields.push({ field: 'number', sentence: 'It must be 1 to 20 digits, letters or dashes.' })
  if (!isName(name)) fields.push({ field: 'name', sentence: 'It must be 1 to 200 characters of one line.' })
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const merchant = await findMerchant(tx, command.merchant)
  if (!(await upsertTill(tx, { number, merchantId: merchant.id, name, status })))
    throw new Failure('already_exists', { sentence: "The number is another merchant's till." })
  const details = { merchant: merchant.code, name, status }
  await recordAudit(tx, { actor, action: 'till.saved', subject: number, details })
  return { number, name, status, merchant }
}
