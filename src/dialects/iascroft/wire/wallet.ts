import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal } from './envelope.ts'

export const BalanceQuery = Type.Object({
  currency: Type.Optional(Type.String({ maxLength: 10, description: 'Only this one.', examples: ['NGN'] })),
})

const BalanceRow = Type.Object({
  currency: Type.String({ examples: ['NGN'] }),
  balance: exactDecimal('All of it.', 250_000),
  reserved: exactDecimal('Set aside for what is under way.', 5_000),
  available: exactDecimal('What can be spent.', 245_000),
})
export type BalanceRow = Static<typeof BalanceRow>

export const BalanceReply = Type.Object({
  balances: Type.Array(BalanceRow),
  currency: Type.String({ description: 'Of the default wallet, or the one asked for.', examples: ['NGN'] }),
  balance: exactDecimal('Of that wallet.', 250_000),
  available: exactDecimal('Of that wallet.', 245_000),
})
export type BalanceReply = Static<typeof BalanceReply>
