import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { EventId, PartnerId, RedemptionId, WalletId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { printAmount } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { recordEvent } from '../events/record-event.ts'
import type { KeyRing } from '../keys/ring.ts'
import { listWallets } from '../ledger/list-wallets.ts'
import { parseCode } from '../vouchers/code.ts'
import { nextTransactionCode } from '../vouchers/next-transaction-code.ts'
import { lockVoucherOf, takeWholeVoucher } from '../vouchers/take-whole-voucher.ts'
import { bookCode } from './book-code.ts'
import { guardGuesses } from './guard-guesses.ts'
import { newReceipt } from './new-receipt.ts'
import { failuresMost } from './redemption.ts'
import type { Redemption } from './redemption.ts'
import { insertParts, insertRedemption, selectByTransaction } from './redemptions.sql.ts'

export type RedeemCode = {
  /** Whose wallet it goes into; the voucher may be anybody's. */
  readonly partnerId: PartnerId
  /** As a person typed it. */
  readonly code: string
  /** The caller's own key, unique among its redemptions; undefined: the voucher itself. */
  readonly reference?: string | undefined
  /** In whose words the event is told. */
  readonly dialect: string
  readonly actor: string
}

export type RedeemedCode = {
  readonly redemption: Redemption
  readonly walletId: WalletId
  /** Micro-units that went into the wallet. */
  readonly amount: Micros
  readonly currency: Currency
  /** It had been redeemed by the same call before; nothing moved this time. */
  readonly repeated: boolean
}

/**
 * Redeems an open voucher by its code, whole, into a wallet of the partner that is in its currency: from the issuer's liability to the wallet,
 * with the event `voucher.redeemed`, exactly once. The same call again answers the first time.
 *
 * A code that does not exist, and one that cannot be used now (spent, frozen, not begun, ended, for certain merchants only), are told apart
 * for nobody: both are voucher_not_found, and fifty of them within an hour lock the partner out for an hour. A code that its check
 * character shows to be mistyped is voucher_not_found, too, and no guess.
 * Throws Failure voucher_not_found, too_many_failures, external_id_conflict (the reference was used for another code),
 * wallet_not_found (none in the voucher's currency), validation_failed.
 */
export async function redeemCode(
  database: Database,
  keyRing: KeyRing,
  command: RedeemCode,
): Promise<RedeemedCode> {
  const { partnerId, reference } = command
  if (reference !== undefined && (reference === '' || reference.length > 128 || !isStorableJson(reference))) {
    const sentence = 'The reference must be 1 to 128 characters of text.'
    throw new Failure('validation_failed', { fields: [{ field: 'reference', sentence }] })
  }
  if (parseCode(command.code) === undefined) throw new Failure('voucher_not_found')
  const guard = {
    subject: `partner:${partnerId}`,
    most: failuresMost.partner,
    wrong: ['voucher_not_found'],
  } as const
  return guardGuesses(database, guard, (tx) => redeem(tx, keyRing, command))
}

async function redeem(tx: Tx, keyRing: KeyRing, command: RedeemCode): Promise<RedeemedCode> {
  const { partnerId, reference } = command
  const voucher = await lockVoucherOf(tx, keyRing, command.code)
  if (voucher === undefined) throw new Failure('voucher_not_found')
  // A reference of the caller's never looks like a voucher of ours.
  const transactionId = reference === undefined ? `voucher:${voucher.id}` : `reference:${reference}`
  const first = await selectByTransaction(tx, partnerId, 'code', transactionId)
  if (first !== undefined) {
    if (first.requestHash !== voucher.id) throw new Failure('external_id_conflict')
    return toAnswer(first.redemption, true)
  }
  const amount = await takeWholeVoucher(tx, voucher)
  if (amount === undefined) throw new Failure('voucher_not_found')
  const wallet = (await listWallets(tx, partnerId)).find(({ currency }) => currency === voucher.currency)
  if (wallet === undefined)
    throw new Failure('wallet_not_found', { sentence: `There is no wallet in ${voucher.currency}.` })
  const redemption = await insertRedemption(tx, {
    partnerId,
    id: newId<RedemptionId>(),
    source: 'code',
    transactionId,
    requestHash: voucher.id,
    mode: 'wallet',
    phone: voucher.phone,
    name: voucher.holder,
    amount,
    currency: voucher.currency,
    merchantId: undefined,
    merchantName: undefined,
    tillNumber: undefined,
    tillName: undefined,
    walletId: wallet.id,
    remarks: '',
    mpesaCode: undefined,
    receipt: await newReceipt(tx),
    transactionCode: await nextTransactionCode(tx),
  })
  // The count of failures, which is locked, lets only one at a time redeem for a partner.
  if (redemption === undefined) throw new Error('A redemption appeared meanwhile.')
  const shares = [{ partnerId: voucher.partnerId, voucherId: voucher.id, amount, place: 1 }]
  await insertParts(tx, redemption.id, shares)
  await bookCode(tx, { redemption, shares, isReversal: false, actor: command.actor })
  await recordEvent(tx, {
    partnerId,
    id: newId<EventId>(),
    type: 'voucher.redeemed',
    dialect: command.dialect,
    details: {
      redemption_id: redemption.id,
      wallet_id: wallet.id,
      amount: printAmount(amount),
      currency: voucher.currency,
      reference: reference ?? null,
      transaction_code: redemption.transactionCode,
    },
  })
  return toAnswer(redemption, false)
}

function toAnswer(redemption: Redemption, repeated: boolean): RedeemedCode {
  const { walletId, amount, currency } = redemption
  if (walletId === undefined) throw new Error('The redemption has no wallet.')
  return { redemption, walletId, amount, currency, repeated }
}
