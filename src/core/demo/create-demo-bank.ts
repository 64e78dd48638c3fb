import type { Tx } from '../../platform/database.ts'
import { addReceivingAccount } from '../funding/add-receiving-account.ts'
import { currencyOf } from './local-values.ts'

/** Bank accounts of the demo's operator, one for each currency of its wallets: what a partner is told to pay into. */
export async function createDemoBank(tx: Tx): Promise<void> {
  for (const [code, accountNumber] of Object.entries(accountNumbers))
    await addReceivingAccount(tx, {
      currency: currencyOf(code),
      bankName: 'Sandbox Bank',
      accountName: 'Scrip Demo',
      accountNumber,
      bankCode: 'SANDBOX',
      actor: 'system',
    })
}

const accountNumbers = {
  NGN: '2030000001',
  USD: '2030000002',
  GBP: '2030000003',
  EUR: '2030000004',
  KES: '2030000005',
}
