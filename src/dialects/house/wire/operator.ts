import { Type } from 'typebox'
import type { Static } from 'typebox'
import { Wallet, Withdrawal } from './partner.ts'
import { AmountText, Instant, Uuid, nullable, pageOf, pageQuery } from './shared.ts'

const PartnerStatus = Type.Enum(['active', 'suspended', 'closed'])

export const Partner = Type.Object({
  id: Uuid,
  number: Type.String(),
  name: Type.String(),
  email: Type.String(),
  status: PartnerStatus,
  locale: Type.Enum(['en', 'ru']),
  time_zone: Type.String(),
  requests_per_minute: nullable(Type.Integer()),
  created_at: Instant,
})
export type Partner = Static<typeof Partner>
export const PartnersQuery = Type.Object({
  ...pageQuery,
  q: Type.Optional(Type.String({ maxLength: 100 })),
  status: Type.Optional(PartnerStatus),
})
export const PartnersReply = pageOf(Partner)
export const PartnerReply = Type.Object({ ...Partner.properties, wallets: Type.Array(Wallet) })
export const CreatePartnerBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  email: Type.String({ minLength: 3, maxLength: 254 }),
  time_zone: Type.Optional(Type.String({ maxLength: 64 })),
  locale: Type.Optional(Type.Enum(['en', 'ru'])),
})
export const ChangePartnerBody = Type.Object({
  status: Type.Optional(PartnerStatus),
  reason: Type.Optional(Type.String({ maxLength: 500 })),
  /** Null: no limit. */
  requests_per_minute: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 10_000_000 }))),
  /** The code of a plan; null: none. */
  plan: Type.Optional(nullable(Type.String({ maxLength: 64 }))),
})
export const OpenWalletBody = Type.Object({
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  is_default: Type.Optional(Type.Boolean()),
})

export const PlansReply = Type.Object({
  data: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      requests_per_minute: nullable(Type.Integer()),
      requests_per_month: nullable(Type.Integer()),
      partners: Type.Integer(),
    }),
  ),
})

export const OperatorOverviewReply = Type.Object({
  waiting: Type.Object({
    withdrawals: Type.Integer(),
    identities: Type.Integer(),
    bank_lines: Type.Integer(),
    breaks: Type.Integer(),
    messages: Type.Integer(),
    webhooks: Type.Integer(),
    webhooks_oldest_seconds: Type.Integer(),
    fulfilments: Type.Integer(),
    settlements: Type.Integer(),
    bank_details: Type.Integer(),
    overdrafts: Type.Integer(),
    /** Changes of prices. */
    prices: Type.Integer(),
    reversals: Type.Integer(),
    refunds: Type.Integer(),
  }),
  environment: Type.String(),
})

export const WithdrawalsQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Type.Enum(['pending_approval', 'paid', 'rejected'])),
})
export const OperatorWithdrawal = Type.Object({ ...Withdrawal.properties, partner: Type.String() })
export const OperatorWithdrawalsReply = pageOf(OperatorWithdrawal)
export const ReasonBody = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1_000 }) })

const IdentityState = Type.Enum(['submitted', 'approved', 'rejected'])
export const IdentitiesQuery = Type.Object({ ...pageQuery, state: Type.Optional(IdentityState) })
export const Identity = Type.Object({
  id: Uuid,
  partner_id: Uuid,
  partner: Type.String(),
  kind: Type.String(),
  legal_name: Type.String(),
  state: IdentityState,
  submitted_by: Type.String(),
  decided_by: nullable(Type.String()),
  reason: Type.String(),
  created_at: Instant,
})
export type Identity = Static<typeof Identity>
export const IdentitiesReply = pageOf(Identity)
export const OpenedIdentityReply = Type.Object({
  id: Uuid,
  legal_name: Type.String(),
  officer_name: Type.String(),
  officer_birth_date: Type.String(),
  registration_number: Type.String(),
  country: Type.String(),
  address: Type.String(),
  documents: Type.Array(
    Type.Object({ id: Uuid, name: Type.String(), media_type: Type.String(), size_bytes: Type.Integer() }),
  ),
})

export const LevelsQuery = Type.Object({
  cursor: pageQuery.cursor,
  limit: pageQuery.limit,
  lowest: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
})
export const LevelsReply = pageOf(
  Type.Object({
    sku_id: Uuid,
    sku: Type.String(),
    name: Type.String(),
    count: Type.Integer(),
    next_expiry: nullable(Type.String()),
    /** Those who keep the stock are told by mail when there are fewer; null: they are not. */
    alert_below: nullable(Type.Integer()),
  }),
)
export const StockAlertBody = Type.Object({
  below: nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
})
export const StockImport = Type.Object({
  id: Uuid,
  sku: Type.String(),
  file_name: Type.String(),
  state: Type.Enum(['staging', 'published', 'refused', 'abandoned']),
  lines: Type.Integer(),
  published: Type.Integer(),
  duplicates: Type.Integer(),
  invalid: Type.Integer(),
  created_at: Instant,
  ended_at: nullable(Instant),
})
export type StockImport = Static<typeof StockImport>
export const ImportsReply = pageOf(StockImport)
export const ImportBody = Type.Object({
  /** Its id or its code. */
  sku: Type.String({ minLength: 1, maxLength: 100 }),
  file_name: Type.String({ minLength: 1, maxLength: 200 }),
  /** CSV whose first line names the columns: code, and if wished pin, serial, url, expires_on. */
  content: Type.String({ minLength: 1, maxLength: 33_554_432 }),
  skip_duplicates: Type.Optional(Type.Boolean()),
  skip_invalid: Type.Optional(Type.Boolean()),
})
export const ImportReply = Type.Object({
  import_id: nullable(Uuid),
  state: Type.Enum(['running', 'published', 'refused']),
  lines: Type.Integer(),
  published: Type.Integer(),
  duplicates: Type.Integer(),
  invalid: Type.Integer(),
  /** The first of what was wrong. */
  problems: Type.Array(Type.Object({ line: Type.Integer(), problem: Type.String(), detail: Type.String() })),
})

export const AuditQuery = Type.Object({
  ...pageQuery,
  partner_id: Type.Optional(Uuid),
  action: Type.Optional(Type.String({ maxLength: 64 })),
})
export const AuditReply = pageOf(
  Type.Object({
    id: Uuid,
    at: Instant,
    actor: Type.String(),
    action: Type.String(),
    partner_id: nullable(Uuid),
    subject: Type.String(),
    details: Type.Unknown(),
  }),
)

export const TrialBalanceReply = Type.Object({
  balanced: Type.Boolean(),
  totals: Type.Array(Type.Object({ kind: Type.String(), currency: Type.String(), total: Type.String() })),
})
/** Both sides of a transfer, or of all that an order moved. Credit is positive. */
export const TransferLinesReply = Type.Object({
  data: Type.Array(
    Type.Object({
      transfer_id: Uuid,
      kind: Type.String(),
      account: Type.String(),
      amount: Type.String(),
      currency: Type.String(),
      balance_after: nullable(Type.String()),
      order_id: nullable(Uuid),
      reference: nullable(Type.String()),
      actor: Type.String(),
      created_at: Instant,
    }),
  ),
})
export type TransferLinesReply = Static<typeof TransferLinesReply>
export const PartnerThingPath = Type.Object({ id: Uuid, thing: Uuid })
export const LedgerCheckReply = Type.Object({
  ok: Type.Boolean(),
  checks: Type.Array(
    Type.Object({ name: Type.String(), rule: Type.String(), offenders: Type.Array(Type.String()) }),
  ),
})

export const MessagesQuery = Type.Object({
  ...pageQuery,
  state: Type.Optional(Type.Enum(['waiting', 'sent', 'failed', 'cancelled'])),
})
export const MessagesReply = pageOf(
  Type.Object({
    id: Uuid,
    channel: Type.String(),
    recipient: Type.String(),
    subject: Type.String(),
    template: Type.String(),
    state: Type.String(),
    tries: Type.Integer(),
    error: nullable(Type.String()),
    created_at: Instant,
    sent_at: nullable(Instant),
  }),
)

const LineState = Type.Enum(['unmatched', 'matched', 'booked', 'ignored', 'outgoing'])
export const BankLinesQuery = Type.Object({ ...pageQuery, state: Type.Optional(LineState) })
export const BankLine = Type.Object({
  id: Uuid,
  account: Type.String(),
  booked_on: Type.String(),
  amount: Type.String(),
  currency: Type.String(),
  bank_reference: Type.String(),
  remittance: Type.String(),
  payer: Type.String(),
  state: LineState,
  partner: nullable(Type.String()),
  wallet: nullable(Type.String()),
  wallet_id: nullable(Uuid),
  brought_by: Type.String(),
  matched_by: nullable(Type.String()),
  booked_by: nullable(Type.String()),
  note: Type.String(),
})
export type BankLine = Static<typeof BankLine>
export const BankLinesReply = pageOf(BankLine)
/** Whose the money is, as the line was shown. */
export const BookLineBody = Type.Object({ wallet_id: Uuid })

export const CreditBody = Type.Object({
  wallet: Type.String({ maxLength: 20 }),
  amount: AmountText,
  /** What names this payment, and no other. */
  reference: Type.String({ minLength: 1, maxLength: 200 }),
  note: Type.Optional(Type.String({ maxLength: 500 })),
})
/** Null: the same payment was written down before. */
export const CreditReply = Type.Object({ line_id: nullable(Uuid) })

export const OverdraftBody = Type.Object({
  wallet: Type.String({ maxLength: 20 }),
  limit: Type.String({ pattern: String.raw`^\d{1,12}(\.\d{1,6})?$` }),
  note: Type.Optional(Type.String({ maxLength: 500 })),
})
/** Null: it was set at once. */
export const OverdraftReply = Type.Object({ proposal_id: nullable(Uuid) })
export const OverdraftProposal = Type.Object({
  id: Uuid,
  partner_id: Uuid,
  partner: Type.String(),
  wallet: Type.String(),
  limit: Type.String(),
  currency: Type.String(),
  note: Type.String(),
  state: Type.Enum(['proposed', 'approved', 'rejected']),
  proposed_by: Type.String(),
  created_at: Instant,
})
export type OverdraftProposal = Static<typeof OverdraftProposal>
export const OverdraftProposalsReply = pageOf(OverdraftProposal)
