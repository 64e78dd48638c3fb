import { Type } from 'typebox'
import type { Static } from 'typebox'
import { exactDecimal, givenAmount, reference } from './envelope.ts'

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

const currency = Type.String({ minLength: 1, maxLength: 10, description: 'ISO 4217.', examples: ['NGN'] })

export const FundBody = Type.Object({
  amount: givenAmount('What you are going to pay in.'),
  currency,
  method: Type.Optional(Type.Literal('bank_transfer')),
})
export type FundBody = Static<typeof FundBody>

export const FundReply = Type.Object({
  reference: Type.String(),
  status: Type.Literal('pending'),
  amount: exactDecimal('As asked for.', 50_000),
  currency: Type.String(),
  instructions: Type.Object({
    bank_name: Type.String(),
    account_name: Type.String(),
    account_number: Type.String(),
    payment_reference: Type.String({ description: 'Write it with the transfer: it finds your wallet.' }),
    expires_at: Type.String({ format: 'date-time' }),
  }),
})
export type FundReply = Static<typeof FundReply>

const accountText = (description: string) => Type.String({ minLength: 1, maxLength: 140, description })

export const WithdrawBody = Type.Object({
  amount: givenAmount('What is paid out; it is set aside at once.'),
  currency,
  bank_account: Type.Object({
    bank_name: accountText('The bank.'),
    account_name: accountText('Who holds the account.'),
    account_number: Type.String({ minLength: 1, maxLength: 40, description: 'An IBAN, or a number.' }),
    bank_code: Type.Optional(Type.String({ maxLength: 20, description: 'A BIC or a sort code.' })),
  }),
  reference,
})
export type WithdrawBody = Static<typeof WithdrawBody>

export const WithdrawReply = Type.Object({
  reference: Type.String(),
  status: Type.Literal('pending_approval'),
  amount: exactDecimal('As asked for.', 50_000),
  currency: Type.String(),
  destination: Type.String({ description: 'The account, all but the last digits hidden.' }),
  created_at: Type.String({ format: 'date-time' }),
})
export type WithdrawReply = Static<typeof WithdrawReply>
