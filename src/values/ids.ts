/** Identifiers have types: an OrderId is not a PartnerId. All are UUIDs, version 7 where Scrip makes them. */
export type Id<Brand extends string> = string & { readonly brand: Brand }

export type PartnerId = Id<'PartnerId'>
export type CredentialId = Id<'CredentialId'>
export type WalletId = Id<'WalletId'>
export type OrderId = Id<'OrderId'>
export type ProductId = Id<'ProductId'>
export type SkuId = Id<'SkuId'>
export type CodeId = Id<'CodeId'>
export type TransferId = Id<'TransferId'>
export type HoldId = Id<'HoldId'>
export type DataKeyId = Id<'DataKeyId'>
export type ImportId = Id<'ImportId'>
export type SupplierId = Id<'SupplierId'>
export type BreakId = Id<'BreakId'>
export type EventId = Id<'EventId'>
export type EndpointId = Id<'EndpointId'>
export type MessageId = Id<'MessageId'>
export type CaughtMessageId = Id<'CaughtMessageId'>
export type ProposalId = Id<'ProposalId'>
export type StatementId = Id<'StatementId'>
export type ExportId = Id<'ExportId'>
export type BuildId = Id<'BuildId'>
export type SyncId = Id<'SyncId'>
export type MerchantId = Id<'MerchantId'>
export type VoucherId = Id<'VoucherId'>
export type DisbursementId = Id<'DisbursementId'>
export type RedemptionId = Id<'RedemptionId'>
export type ClaimId = Id<'ClaimId'>
export type SellerId = Id<'SellerId'>
export type CheckoutId = Id<'CheckoutId'>
export type PayerId = Id<'PayerId'>
export type RefundId = Id<'RefundId'>
export type BankAccountId = Id<'BankAccountId'>
export type FundingId = Id<'FundingId'>
export type BankStatementId = Id<'BankStatementId'>
export type BankLineId = Id<'BankLineId'>
export type WithdrawalId = Id<'WithdrawalId'>
export type UserId = Id<'UserId'>
export type SessionId = Id<'SessionId'>
export type SettlementId = Id<'SettlementId'>
export type BankDetailsId = Id<'BankDetailsId'>
export type OneTimeCodeId = Id<'OneTimeCodeId'>
export type GatewayId = Id<'GatewayId'>
export type IdentityCheckId = Id<'IdentityCheckId'>
export type IdentityDocumentId = Id<'IdentityDocumentId'>

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A UUID in lower case as an identifier of the wanted kind; undefined if the text is no UUID. */
export function parseId<T extends Id<string>>(text: string): T | undefined {
  return uuidShape.test(text) ? (text.toLowerCase() as T) : undefined // The shape is all that an id promises; existence is for the database.
}
