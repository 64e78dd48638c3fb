import type { Tx } from '../../platform/database.ts'
import type { KeyRing } from '../keys/ring.ts'
import { openWallet } from '../ledger/open-wallet.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { createPartner } from '../partners/create-partner.ts'
import { updateSubject } from './demo.sql.ts'
import { issueKeys } from './issue-demo-keys.ts'
import { currencyOf, micros } from './local-values.ts'
import type { DemoWorld } from './world.ts'

/** Makes the demo's partner with a funded dollar wallet, and its keys. */
export async function createDemoAccount(tx: Tx, keyRing: KeyRing): Promise<DemoWorld> {
  const { id: partnerId } = await createPartner(tx, {
    name: 'Demo Partner',
    email: 'partner@demo.example',
    locale: 'en',
  })
  const { id: walletId } = await openWallet(tx, {
    partnerId,
    currency: currencyOf('USD'),
    isDefault: true,
    allowOverdraft: true,
    overdraftLimit: micros(100),
  })
  await postTransfer(tx, {
    partnerId,
    walletId,
    kind: 'topup',
    amount: micros(1_000_000),
    reference: 'demo-opening-balance',
    paymentMethod: 'bank_transfer',
    description: 'Opening balance of the demo',
    actor: 'system',
  })
  await updateSubject(tx, 'account', partnerId)
  return issueKeys(tx, keyRing, partnerId)
}
