import type { Tx } from '../../platform/database.ts'
import { setPartnerTerms } from '../catalogue/set-partner-terms.ts'
import type { KeyRing } from '../keys/ring.ts'
import { openWallet } from '../ledger/open-wallet.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { createPartner } from '../partners/create-partner.ts'
import { updateSubject } from './demo.sql.ts'
import { issueKeys } from './issue-demo-keys.ts'
import { currencyOf, micros } from './local-values.ts'
import type { DemoWorld } from './world.ts'

/** Makes the demo's partner with funded wallets, and its keys. */
export async function createDemoAccount(tx: Tx, keyRing: KeyRing): Promise<DemoWorld> {
  const { id: partnerId } = await createPartner(tx, {
    name: 'Demo Partner',
    email: 'partner@demo.example',
    locale: 'en',
  })
  for (const { currency, amount, isDefault = false } of fundedWallets) {
    const overdraft = isDefault ? { allowOverdraft: true, overdraftLimit: micros(100) } : {}
    const { id: walletId } = await openWallet(tx, {
      partnerId,
      currency: currencyOf(currency),
      isDefault,
      ...overdraft,
    })
    await postTransfer(tx, {
      partnerId,
      walletId,
      kind: 'topup',
      amount: micros(amount),
      reference: isDefault ? 'demo-opening-balance' : `demo-opening-balance-${currency.toLowerCase()}`,
      paymentMethod: 'bank_transfer',
      description: 'Opening balance of the demo',
      actor: 'system',
    })
  }
  await setPartnerTerms(tx, {
    partnerId,
    fxMarginPercent: micros(2),
    discountPercent: micros(3),
    actor: 'system',
  })
  await updateSubject(tx, 'account', partnerId)
  return issueKeys(tx, keyRing, partnerId)
}

/** Worth about a million dollars each. */
const fundedWallets: readonly {
  readonly currency: string
  readonly amount: number
  readonly isDefault?: true
}[] = [
  { currency: 'USD', amount: 1_000_000, isDefault: true },
  { currency: 'GBP', amount: 800_000 },
  { currency: 'NGN', amount: 1_500_000_000 },
]
