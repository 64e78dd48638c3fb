import { violatedConstraint } from '../../platform/database.ts'
import type { Database, Tx } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import { newId } from '../../platform/ids.ts'
import { sha256Hex } from '../../platform/secrets.ts'
import type { Renderer } from '../../platform/templates.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { PartnerId, RedemptionId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findTillEvenClosed, requireOpen } from '../merchants/find-till.ts'
import type { Till } from '../merchants/merchant.ts'
import { nextTransactionCode } from '../vouchers/next-transaction-code.ts'
import { takeValue } from '../vouchers/take-value.ts'
import { isPhone } from '../vouchers/voucher.ts'
import { bookRedemption } from './book-redemption.ts'
import { guardGuesses } from './guard-guesses.ts'
import { newReceipt } from './new-receipt.ts'
import { failuresMost } from './redemption.ts'
import type { Redemption, RedemptionMode } from './redemption.ts'
import { insertParts, insertRedemption, selectByTransaction } from './redemptions.sql.ts'
import { tellRedemption } from './tell-redemption.ts'

export type RedeemAtTill = {
  /** Who asks for it; `nobodysId` for a merchant, or a telephone's owner himself. */
  readonly partnerId: PartnerId
  /** Whose vouchers may be taken; undefined: everybody's, which only the holder or a merchant's own systems may ask for. */
  readonly issuerId: PartnerId | undefined
  readonly mode: Exclude<RedemptionMode, 'wallet'>
  /** The caller's own key; unique for the partner or, where no partner asks, for the till's merchant. 1 to 64 characters. */
  readonly transactionId: string
  /** E.164. */
  readonly phone: string
  readonly name: string
  /** Micro-units, above zero. */
  readonly amount: Micros
  readonly currency: Currency
  readonly tillNumber: string
  readonly remarks: string
  /** What an outside paybill calls the payment; it can be used once per merchant. */
  readonly mpesaCode?: string | undefined
  /** What was asked for, as text: the same transaction id with another one is a conflict. */
  readonly requestKey: string
  readonly actor: string
}

export type RedemptionParts = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly renderer: Renderer
}

/**
 * Takes an amount out of what a telephone number may spend at a till's merchant, over several vouchers if need be, all or nothing, and
 * books it as owed to the merchant; events and, unless the vouchers are silent, a short message tell of it. Idempotent by transaction id:
 * the same request again answers the first redemption.
 *
 * Ten that fail for want of value within an hour lock the telephone number for an hour.
 * Throws Failure till_not_found, voucher_balance_insufficient, too_many_failures, external_id_conflict, validation_failed.
 */
export async function redeemAtTill(
  parts: RedemptionParts,
  command: RedeemAtTill,
): Promise<{ readonly redemption: Redemption; readonly repeated: boolean }> {
  const { database } = parts
  refuse(problemsOf(command))
  const requestHash = sha256Hex(command.requestKey).slice(0, 32)
  const till = await findTillEvenClosed(database, command.tillNumber)
  // Merchants' own keys are apart from each other's; a partner's have the empty source.
  const source = command.issuerId === undefined ? till.merchant.code : ''
  const repeat = async () => {
    const first = await selectByTransaction(database, command.partnerId, source, command.transactionId)
    if (first === undefined) return undefined
    if (first.requestHash.replaceAll('-', '') !== requestHash) throw new Failure('external_id_conflict')
    return { redemption: first.redemption, repeated: true }
  }
  const known = await repeat()
  if (known !== undefined) return known
  // Only now: what was taken before its till was closed is answered as it was.
  requireOpen(till)
  const guard = {
    subject: `phone:${command.phone}`,
    most: failuresMost.phone,
    wrong: ['voucher_balance_insufficient'],
  } as const
  const redemption = await guardGuesses(database, guard, (tx) =>
    redeem(tx, parts, command, { till, source, requestHash }),
  )
  if (redemption !== undefined) {
    await failpoint('redemption.committed')
    return { redemption, repeated: false }
  }
  const first = await repeat()
  if (first === undefined) throw new Error('A redemption was there and is not; they are never deleted.')
  return first
}

/** Undefined, and nothing done: another call with the transaction id has come first. */
async function redeem(
  tx: Tx,
  parts: RedemptionParts,
  command: RedeemAtTill,
  {
    till,
    source,
    requestHash,
  }: { readonly till: Till; readonly source: string; readonly requestHash: string },
): Promise<Redemption | undefined> {
  const { phone, currency, amount, issuerId, mode } = command
  const redemption = await insertRedemption(tx, {
    partnerId: command.partnerId,
    transactionId: command.transactionId,
    mode,
    phone,
    name: command.name,
    amount,
    currency,
    remarks: command.remarks,
    mpesaCode: command.mpesaCode,
    id: newId<RedemptionId>(),
    source,
    requestHash,
    merchantId: till.merchant.id,
    merchantName: till.merchant.name,
    tillNumber: till.number,
    tillName: till.name,
    walletId: undefined,
    receipt: await newReceipt(tx),
    transactionCode: await nextTransactionCode(tx),
  }).catch((error: unknown) => {
    if (violatedConstraint(error) !== 'redemptions_mpesa_code') throw error
    throw new Failure('external_id_conflict', { sentence: 'This code was used for another redemption.' })
  })
  if (redemption === undefined) return undefined
  const merchant = till.merchant.code
  const isExternal = mode === 'external'
  const taken = await takeValue(tx, { phone, partnerId: issuerId, currency, merchant, isExternal }, amount)
  await insertParts(tx, redemption.id, taken)
  await failpoint('redemption.half-written')
  await bookRedemption(tx, { redemption, shares: taken, merchant, isReversal: false, actor: command.actor })
  await tellRedemption(tx, parts, redemption, taken)
  return redemption
}

function problemsOf({
  transactionId,
  phone,
  name,
  amount,
  remarks,
  mpesaCode,
}: RedeemAtTill): FieldProblem[] {
  const problems: FieldProblem[] = []
  const check = (field: string, isRight: boolean, sentence: string): void => {
    if (!isRight) problems.push({ field, sentence })
  }
  const isText = (text: string, longest: number): boolean => text.length <= longest && isStorableJson(text)
  const isId = transactionId !== '' && isText(transactionId, 64)
  check('transaction_id', isId, 'It must be 1 to 64 characters of text.')
  check('phone', isPhone(phone), 'It is not a telephone number.')
  check('name', isText(name, 200), 'It must be at most 200 characters of text.')
  check('amount', amount > 0n && amount <= largestAmountMicros, 'It must be above zero.')
  check('remarks', isText(remarks, 500), 'It must be at most 500 characters of text.')
  const isCode = mpesaCode === undefined || /^[A-Za-z0-9]{6,20}$/.test(mpesaCode)
  check('mpesa_code', isCode, 'It must be 6 to 20 letters and digits.')
  return problems
}

function refuse(fields: readonly FieldProblem[]): void {
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
}
