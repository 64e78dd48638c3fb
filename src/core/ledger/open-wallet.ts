import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { PartnerId, WalletId } from '../../values/ids.ts'
import { parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { announcePartnerChange } from '../partners/announce-partner-change.ts'
import { isOverdraftLimit } from './ledger.ts'
import type { Wallet } from './ledger.ts'
import { overdraftSentence } from './set-overdraft.ts'
import { clearDefault, countWallets, insertAccounts, insertWallet, lockPartnerStatus } from './wallets.sql.ts'

export type OpenWallet = {
  readonly partnerId: PartnerId
  readonly currency: Currency
  /** Pays for calls that name no wallet. A partner has one such wallet: the newest that was opened as default. */
  readonly isDefault: boolean
  readonly allowOverdraft?: boolean | undefined
  readonly overdraftLimit?: Micros | undefined
  readonly actor?: string | undefined
}

/**
 * Opens an empty wallet, "USD-1", "USD-2" and so on, with the accounts that its transfers stand against.
 * Throws Failure partner_not_found, partner_inactive (closed), validation_failed.
 */
export async function openWallet(tx: Tx, command: OpenWallet): Promise<Wallet> {
  const {
    partnerId,
    currency,
    isDefault,
    allowOverdraft = false,
    overdraftLimit = 0n,
    actor = 'system',
  } = command
  refuseBadInput(currency, overdraftLimit)
  const status = await lockPartnerStatus(tx, partnerId)
  if (status === undefined) throw new Failure('partner_not_found')
  if (status === 'closed') throw new Failure('partner_inactive')
  const code = `${currency}-${(await countWallets(tx, partnerId, currency)) + 1}`
  await insertAccounts(tx, partnerId, currency, [
    { code: `wallet:${code}`, kind: 'wallet' },
    ...sharedKinds.map((kind) => ({ code: `${kind}:${currency}`, kind })),
  ])
  if (isDefault) await clearDefault(tx, partnerId)
  const settings = { isDefault, allowOverdraft, overdraftLimit }
  const wallet = await insertWallet(tx, { partnerId, id: newId<WalletId>(), code, currency, ...settings })
  await recordAudit(tx, {
    actor,
    action: 'wallet.opened',
    partnerId,
    subject: wallet.id,
    details: { code, ...settings },
  })
  await announcePartnerChange(tx, partnerId)
  return wallet
}

function refuseBadInput(currency: Currency, overdraftLimit: Micros): void {
  if (parseCurrency(currency) === undefined) {
    const sentence = 'The currency must be an ISO 4217 code such as "USD".'
    throw new Failure('validation_failed', { fields: [{ field: 'currency', sentence }] })
  }
  if (!isOverdraftLimit(overdraftLimit)) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'overdraft_limit', sentence: overdraftSentence }],
    })
  }
}

/** Shared by all wallets of a partner in a currency. */
const sharedKinds = ['sales', 'cash', 'adjustments', 'fees'] as const
