import type { Catalogue, Product as CoreProduct, Sku as CoreSku } from '../../../core/catalogue/catalogue.ts'
import type { Funding as CoreFunding } from '../../../core/funding/funding.ts'
import { availableBalance } from '../../../core/ledger/ledger.ts'
import type { Wallet as CoreWallet, WalletEntry as CoreEntry } from '../../../core/ledger/ledger.ts'
import type { Withdrawal as CoreWithdrawal } from '../../../core/withdrawals/withdrawal.ts'
import type { PartnerId } from '../../../values/ids.ts'
import { translate } from '../../../values/locale.ts'
import type { Locale } from '../../../values/locale.ts'
import { printAmount } from '../../../values/money.ts'
import type { Funding, Product, ProductReply, Sku, Wallet, WalletEntry, Withdrawal } from '../wire/partner.ts'
import { toInstant, toInstantOrNull, toMoney } from './shared.ts'

export function toWallet(wallet: CoreWallet): Wallet {
  return {
    id: wallet.id,
    code: wallet.code,
    currency: wallet.currency,
    is_default: wallet.isDefault,
    balance: printAmount(wallet.balance),
    reserved: printAmount(wallet.reserved),
    available: printAmount(availableBalance(wallet)),
    overdraft_limit: printAmount(wallet.allowOverdraft ? wallet.overdraftLimit : 0n),
  }
}

export function toEntry(entry: CoreEntry): WalletEntry {
  return {
    number: entry.number.toString(),
    transfer_id: entry.transferId,
    kind: entry.kind,
    amount: printAmount(entry.amount),
    balance_after: printAmount(entry.balanceAfter),
    currency: entry.currency,
    order_id: entry.orderId ?? null,
    description: entry.description,
    created_at: toInstant(entry.createdAt),
  }
}

export function toFunding(funding: CoreFunding): Funding {
  const { account } = funding
  return {
    reference: funding.reference,
    payment_reference: funding.paymentReference,
    amount: toMoney(funding.amount, funding.currency),
    funded_amount: printAmount(funding.fundedAmount),
    state: funding.state,
    bank_name: account.bankName,
    account_name: account.accountName,
    account_number: account.accountNumber,
    bank_code: account.bankCode,
    created_at: toInstant(funding.createdAt),
    expires_at: toInstant(funding.expiresAt),
  }
}

export function toWithdrawal(withdrawal: CoreWithdrawal): Withdrawal {
  return {
    id: withdrawal.id,
    partner_id: withdrawal.partnerId,
    reference: withdrawal.reference,
    amount: toMoney(withdrawal.amount, withdrawal.currency),
    destination: withdrawal.destinationShown,
    state: withdrawal.state,
    reason: withdrawal.reason,
    requested_by: withdrawal.requestedBy,
    decided_by: withdrawal.decidedBy ?? null,
    created_at: toInstant(withdrawal.createdAt),
    decided_at: toInstantOrNull(withdrawal.decidedAt),
  }
}

export function toProduct(product: CoreProduct, locale: Locale): Product {
  return {
    id: product.id,
    name: translate(product.names, locale),
    brand: translate(product.brand.names, locale),
    category: translate(product.category.names, locale),
    type: product.type,
    country: product.country ?? null,
    image: product.image,
    description: translate(product.descriptions, locale),
  }
}

export function toProductInFull(
  product: CoreProduct,
  locale: Locale,
  skuOf: (sku: CoreSku) => Sku,
): ProductReply {
  return {
    ...toProduct(product, locale),
    fields: product.fields
      .filter(({ code }) => code !== 'quantity' && code !== 'amount')
      .map(({ code, name, type, required, options = [] }) => ({
        code,
        name,
        type,
        required,
        options: [...options],
      })),
    skus: product.skus.map(skuOf),
  }
}

/** A SKU with what it costs a partner in each of its wallets. */
export function toSku(
  catalogue: Catalogue,
  partnerId: PartnerId,
  wallets: readonly CoreWallet[],
  locale: Locale,
): (sku: CoreSku) => Sku {
  return (sku) => {
    const { denomination } = sku
    const isFixed = denomination.kind === 'fixed'
    return {
      id: sku.id,
      code: sku.code,
      name: translate(sku.names, locale),
      currency: sku.currency,
      face_value: isFixed ? printAmount(denomination.value) : null,
      least: isFixed ? null : printAmount(denomination.least),
      most: isFixed ? null : printAmount(denomination.most),
      max_per_order: sku.maxPerOrder,
      in_stock: catalogue.stock(sku.id),
      is_supplied: catalogue.isSupplied(sku.id),
      prices: wallets.flatMap(({ code, currency }) => {
        const quote = catalogue.quote(partnerId, sku, currency)
        return quote === undefined
          ? []
          : [{ wallet: code, amount: printAmount(quote.unitPrice), currency: quote.currency }]
      }),
    }
  }
}

/** The rows of a catalogue that a person means by a few words: each must stand in a name, the brand, the category or the country. */
export function isMeant(product: CoreProduct, words: readonly string[], locale: Locale): boolean {
  if (words.length === 0) return true
  const text = [
    translate(product.names, locale),
    product.names.en,
    translate(product.brand.names, locale),
    translate(product.category.names, locale),
    product.country ?? '',
    product.code,
  ]
    .join(' ')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}
