import { sqlState, violatedConstraint } from '../../platform/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { OrderId, PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Micros } from '../../values/money.ts'
import { counterAccounts, isAmountOf } from './ledger.ts'
import type { PostedKind } from './ledger.ts'
import { moveMoney, selectTransferByReference } from './transfers.sql.ts'

export type PostTransfer = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly kind: PostedKind
  /** Micro-units as the wallet sees them: positive comes in, negative goes out. */
  readonly amount: Micros
  /** The order that it is about: together with its charge it must come to nothing. */
  readonly orderId?: OrderId | undefined
  /** The caller's key, unique among the partner's transfers for ever; 1 to 128 characters. */
  readonly reference: string
  readonly paymentMethod?: string | undefined
  readonly description?: string | undefined
  readonly actor: string
}

/**
 * Moves money into a wallet or out of it, against the account that its kind names. Idempotent by reference: the same wallet, kind
 * and amount again answers the first transfer and has no effect; another under the same reference is refused.
 * Throws Failure wallet_not_found, insufficient_funds, transfer_conflict, validation_failed.
 */
export async function postTransfer(
  tx: Tx,
  command: PostTransfer,
): Promise<{ transferId: TransferId; repeated: boolean }> {
  const { partnerId, walletId, kind, amount, orderId, reference, actor } = command
  const { paymentMethod, description = '' } = command
  const problems = problemsOf(command)
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  const transferId = newId<TransferId>()
  const counterAccount = counterAccounts[kind]
  const row = {
    partnerId,
    id: transferId,
    walletId,
    kind,
    amount,
    orderId,
    reference,
    counterAccount,
    paymentMethod,
    description,
    actor,
  }
  const moved = await moveMoney(tx, row).catch((error: unknown) => {
    throw toFailure(error) ?? error
  })
  if (moved) return { transferId, repeated: false }
  const first = await selectTransferByReference(tx, partnerId, reference)
  if (first === undefined) throw new Failure('wallet_not_found')
  if (first.walletId !== walletId || first.kind !== kind || first.amount !== amount)
    throw new Failure('transfer_conflict')
  return { transferId: first.id, repeated: true }
}

function problemsOf({
  kind,
  amount,
  reference,
  paymentMethod = '',
  description = '',
}: PostTransfer): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (!isAmountOf(kind, amount)) {
    problems.push({
      field: 'amount',
      sentence: `The amount is not one that a transfer of the kind ${kind} can have.`,
    })
  }
  if (reference === '' || reference.length > 128 || !isStorableJson(reference)) {
    problems.push({ field: 'reference', sentence: 'The reference must be 1 to 128 characters of text.' })
  }
  if (paymentMethod.length > 64 || !isStorableJson(paymentMethod)) {
    problems.push({
      field: 'payment_method',
      sentence: 'The payment method must be at most 64 characters of text.',
    })
  }
  if (description.length > 1_000 || !isStorableJson(description)) {
    problems.push({
      field: 'description',
      sentence: 'The description must be at most 1000 characters of text.',
    })
  }
  return problems
}

function toFailure(error: unknown): Failure | undefined {
  if (violatedConstraint(error) === 'wallets_not_overdrawn')
    return new Failure('insufficient_funds', { cause: error })
  if (sqlState(error) !== numberOutOfRange) return undefined
  const sentence = 'The balance would become larger than a wallet can hold.'
  return new Failure('validation_failed', { fields: [{ field: 'amount', sentence }], cause: error })
}

const numberOutOfRange = '22003'
