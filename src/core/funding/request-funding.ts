import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { randomCharacters } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { FundingId, PartnerId, WalletId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import type { Funding } from './funding.ts'
import { insertFunding, selectAccountFor, selectFunding } from './funding.sql.ts'
import { randomSigns, signs, toPaymentReference } from './reference.ts'

export type RequestFunding = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  /** Micro-units of the wallet's currency, more than 0. */
  readonly amount: Micros
  /** The caller's own name for it, 1 to 64 characters, unique among the partner's for ever; absent: the payment reference is it. */
  readonly reference?: string | undefined
  readonly actor: string
}

/**
 * Says that a partner means to pay into a wallet, and where to. Nothing is credited before the money has come and two persons have booked
 * it. Repeated with the same wallet and amount, it answers the first.
 * Throws Failure wallet_not_found, no_receiving_account, transfer_conflict, validation_failed.
 */
export async function requestFunding(
  tx: Tx,
  command: RequestFunding,
): Promise<{ readonly funding: Funding; readonly repeated: boolean }> {
  const { partnerId, walletId, amount, actor } = command
  if (amount <= 0n || amount > largestAmountMicros)
    throw refuse('amount', 'The amount must be more than zero and not beyond the largest amount.')
  const paymentReference = toPaymentReference(randomCharacters(signs, randomSigns))
  const { reference = paymentReference } = command
  if (reference === '' || reference.length > 64 || !isStorableJson(reference))
    throw refuse('reference', 'The reference must be 1 to 64 characters of text.')
  const { currency } = await findWallet(tx, partnerId, walletId)
  const account = await selectAccountFor(tx, currency)
  if (account === undefined) throw new Failure('no_receiving_account')
  const id = newId<FundingId>()
  const row = { partnerId, id, walletId, reference, paymentReference, amount, currency, actor }
  const isNew = await insertFunding(tx, { ...row, accountId: account.id, daysOpen })
  const funding = await selectFunding(tx, partnerId, reference)
  if (funding === undefined) throw new Error('A funding request that was written is there.')
  if (!isNew && (funding.walletId !== walletId || funding.amount !== amount))
    throw new Failure('transfer_conflict')
  if (isNew)
    await recordAudit(tx, {
      actor,
      action: 'funding.requested',
      partnerId,
      subject: id,
      details: { amount, currency, reference, paymentReference },
    })
  return { funding, repeated: !isNew }
}

/** How long a transfer is waited for. */
const daysOpen = 14

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
