import type { Tx } from '../../platform/database.ts'
import { openWallet } from '../ledger/open-wallet.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { saveMerchant } from '../merchants/save-merchant.ts'
import { saveTill } from '../merchants/save-till.ts'
import { createPartner } from '../partners/create-partner.ts'
import { demoMerchants } from './data/merchants.ts'
import { updateSubject } from './demo.sql.ts'
import { currencyOf, micros } from './local-values.ts'

/** The step that makes it. */
export const issuerStep = 'issuer'

/** Makes a company with shillings for vouchers, and merchants that take them; its key comes with all the others. */
export async function createDemoIssuer(tx: Tx): Promise<void> {
  for (const { code, name, category, till } of demoMerchants) {
    await saveMerchant(tx, { code, name, category, status: 'active', actor: 'system' })
    await saveTill(tx, {
      number: till.number,
      merchant: code,
      name: till.name,
      status: 'active',
      actor: 'system',
    })
  }
  const { id: partnerId } = await createPartner(tx, {
    name: 'Demo Issuer',
    email: 'issuer@demo.example',
    locale: 'en',
  })
  const currency = currencyOf('KES')
  const { id: walletId } = await openWallet(tx, { partnerId, currency, isDefault: true })
  await postTransfer(tx, {
    partnerId,
    walletId,
    kind: 'topup',
    amount: micros(130_000_000),
    reference: 'demo-opening-balance',
    paymentMethod: 'bank_transfer',
    description: 'Opening balance of the demo',
    actor: 'system',
  })
  await updateSubject(tx, issuerStep, partnerId)
}
