import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal } from './envelope.ts'

const WalletBalance = Type.Object({
  walletId: Type.String({ examples: ['NGN-1'] }),
  currencyId: Type.Integer({ examples: [160] }),
  currencyCode: Type.String({ examples: ['NGN'] }),
  balance: exactDecimal('What is in the wallet, what is set aside for open orders included.', 1000),
  availableBalance: exactDecimal('What can be spent.', 950),
  reservedBalance: exactDecimal('What is set aside for open orders.', 50),
  status: Type.Literal(1),
})
export type WalletBalance = Static<typeof WalletBalance>

export const AccountBalance = Type.Array(WalletBalance)
