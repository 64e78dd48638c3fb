import type { Tx } from '../../platform/database.ts'
import { openWallet } from '../ledger/open-wallet.ts'
import { postTransfer } from '../ledger/post-transfer.ts'
import { createPartner } from '../partners/create-partner.ts'
import { setPartnerPlan } from '../partners/set-partner-plan.ts'
import { updateSubject } from './demo.sql.ts'
import { currencyOf, micros } from './local-values.ts'

/** Plans that the demo has an account of, and the step that makes each. */
export const merchantSteps = {
  merchant: 'merchant',
  starter: 'merchant starter',
  enterprise: 'merchant enterprise',
} as const

export type MerchantPlan = keyof typeof merchantSteps

/** Makes a partner on a plan, with funded wallets; its key comes with all the others. */
export async function createDemoMerchant(tx: Tx, plan: MerchantPlan): Promise<void> {
  const { id: partnerId } = await createPartner(tx, {
    name: `Demo ${plan[0]?.toUpperCase()}${plan.slice(1)}`,
    email: `${plan}@demo.example`,
    locale: 'en',
  })
  for (const [place, [code, amount]] of funds.entries()) {
    const currency = currencyOf(code)
    const { id: walletId } = await openWallet(tx, { partnerId, currency, isDefault: place === 0 })
    await postTransfer(tx, {
      partnerId,
      walletId,
      kind: 'topup',
      amount: micros(amount),
      reference: `demo-opening-balance-${code.toLowerCase()}`,
      paymentMethod: 'bank_transfer',
      description: 'Opening balance of the demo',
      actor: 'system',
    })
  }
  await setPartnerPlan(tx, { partnerId, plan, actor: 'system' })
  await updateSubject(tx, merchantSteps[plan], partnerId)
}

/** Worth about a million dollars each; the first is the default wallet's. */
const funds = [
  ['USD', 1_000_000],
  ['NGN', 1_500_000_000],
  ['GBP', 800_000],
  ['EUR', 900_000],
  ['KES', 130_000_000],
] as const
