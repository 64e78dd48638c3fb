import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, PartnerId, WalletId, WithdrawalId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { accountProblem } from '../funding/funding.ts'
import type { BankAccount } from '../funding/funding.ts'
import type { KeyRing } from '../keys/ring.ts'
import { findWallet } from '../ledger/find-wallet.ts'
import { holdFunds } from '../ledger/hold-funds.ts'
import { showDestination } from './withdrawal.ts'
import type { Withdrawal } from './withdrawal.ts'
import { insertWithdrawal, selectByReference } from './withdrawals.sql.ts'

export type RequestWithdrawal = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  /** Micro-units of the wallet's currency, more than 0. */
  readonly amount: Micros
  readonly destination: BankAccount
  /** The partner's own name for it, 1 to 64 characters, unique for ever. */
  readonly reference: string
  readonly actor: string
}

/**
 * Asks for money out of a wallet, which must be there: none of an overdraft is paid out. It is set aside at once, so that nothing else can spend it, and paid out when an operator approves, who is
 * another person. Repeated with the same wallet, amount and destination, it answers the first.
 * Throws Failure wallet_not_found, insufficient_funds, transfer_conflict (the reference is another withdrawal's), validation_failed.
 */
export async function requestWithdrawal(
  tx: Tx,
  keyRing: KeyRing,
  command: RequestWithdrawal,
): Promise<{ readonly withdrawal: Withdrawal; readonly repeated: boolean }> {
  const { partnerId, walletId, amount, destination, reference, actor } = command
  check(command)
  const { currency } = await findWallet(tx, partnerId, walletId)
  const id = newId<WithdrawalId>()
  const plaintext = JSON.stringify(destination)
  const sealed = await keyRing.sealForPartner(partnerId, plaintext, id, tx)
  const destinationHash = keyRing.fingerprint('withdrawal destination', plaintext)
  const destinationShown = showDestination(destination)
  const row = { partnerId, id, walletId, reference, amount, currency, destinationShown, requestedBy: actor }
  const isNew = await insertWithdrawal(tx, { ...row, destination: sealed, destinationHash })
  // The hold has the withdrawal's id, and no order.
  if (isNew)
    await holdFunds(tx, { partnerId, walletId, holdId: id as string as HoldId, amount, isOwnMoney: true })
  const stored = await selectByReference(tx, partnerId, reference)
  if (stored === undefined) throw new Error('A withdrawal that was written is there.')
  const isSame =
    stored.walletId === walletId && stored.amount === amount && stored.destinationHash === destinationHash
  if (!isSame) throw new Failure('transfer_conflict')
  const details = { amount, currency, reference, destination: destinationShown }
  if (isNew) await recordAudit(tx, { actor, action: 'withdrawal.requested', partnerId, subject: id, details })
  return { withdrawal: stored, repeated: !isNew }
}

function check({ amount, destination, reference }: RequestWithdrawal): void {
  if (amount <= 0n || amount > largestAmountMicros)
    throw refuse('amount', 'The amount must be more than zero and not beyond the largest amount.')
  if (reference === '' || reference.length > 64 || !isStorableJson(reference))
    throw refuse('reference', 'The reference must be 1 to 64 characters of text.')
  const problem = accountProblem(destination)
  if (problem !== undefined) throw refuse(`bank_account.${problem.field}`, problem.sentence)
}

function refuse(field: string, sentence: string): Failure {
  return new Failure('validation_failed', { fields: [{ field, sentence }] })
}
