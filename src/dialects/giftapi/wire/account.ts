import { Type } from 'typebox'
import type { Static } from 'typebox'
import { cursorQuery, exactDecimal, nullable, oneOf, perPageQuery, success, successPage } from './envelope.ts'

export const Balance = Type.Object({
  balance: exactDecimal('What the wallet holds; negative while the overdraft is in use.', -29.09),
  currency: Type.String({ examples: ['USD'] }),
  reserved_amount: exactDecimal('Set aside for orders that have not ended.', 0),
  available_balance: exactDecimal(
    'balance − reserved_amount, plus overdraft_limit where the overdraft is allowed.',
    70.91,
  ),
  allow_overdraft: Type.Boolean(),
  overdraft_limit: exactDecimal('How far below zero the balance may go.', 100),
  is_overdrafted: Type.Boolean({ description: 'The balance is below zero.' }),
})
export type Balance = Static<typeof Balance>

export const Partner = Type.Object({
  uuid: Type.String({ format: 'uuid', examples: ['a3c3c002-1bcc-4593-bf39-e591c1d22cf0'] }),
  name: Type.String({ examples: ['Partner Name'] }),
  email: Type.String({ examples: ['partner@example.com'] }),
  currency: Type.String({ examples: ['USD'] }),
  is_active: Type.Boolean(),
  balance: Balance,
})
export type Partner = Static<typeof Partner>

export const BalanceEntry = Type.Object({
  type: oneOf(['charge', 'topup', 'refund', 'adjustment'], 'Why the balance changed.'),
  amount: exactDecimal('Negative takes out of the balance.', -29.09),
  balance_after: exactDecimal('The balance after this change.', -58.18),
  currency: Type.String({ examples: ['USD'] }),
  created_at: Type.String({ format: 'date-time', examples: ['2026-02-24T11:37:58+00:00'] }),
  order_id: nullable(Type.String({ format: 'uuid', examples: ['12161770-8560-4377-9795-e8a70aaceb07'] })),
  payment_method: nullable(Type.String({ examples: ['bank_transfer'] })),
  fee_amount: exactDecimal('A fee within the amount.', 0),
  original_amount: nullable(exactDecimal('What was paid in, where that was in another currency.', 450)),
  original_currency: nullable(Type.String({ examples: ['EUR'] })),
  exchange_rate: nullable(exactDecimal('From the original currency to this one.', 1.1)),
})
export type BalanceEntry = Static<typeof BalanceEntry>

export const MeReply = success(Type.Object({ partner: Partner }))
export const BalanceReply = success(Balance)
export const BalanceHistoryReply = successPage(BalanceEntry)

export const BalanceHistoryQuery = Type.Object({ cursor: cursorQuery, per_page: perPageQuery(100, 50) })
