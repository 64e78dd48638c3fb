import type { Checkout as CoreCheckout } from '../../../core/checkout/checkout.ts'
import type { Esim as CoreEsim, EsimSummary } from '../../../core/fulfilment/esim.ts'
import type { EsimStatus } from '../../../core/fulfilment/supplier.ts'
import type { ProductSum } from '../../../core/sales/sale.ts'
import type { Voucher as CoreVoucher } from '../../../core/vouchers/voucher.ts'
import { printAmount } from '../../../values/money.ts'
import type { Checkout, Esim, EsimReply, SalesReply, Voucher } from '../wire/goods.ts'
import { toInstant, toInstantOrNull, toMoney } from './shared.ts'

export function toEsim(esim: EsimSummary): Esim {
  const { iccid, name, orderId, packages, createdAt } = esim
  return { iccid, name, order_id: orderId, packages, created_at: toInstant(createdAt) }
}

export function toEsimReply({ iccid, orderId }: CoreEsim, status: EsimStatus): EsimReply {
  return {
    iccid,
    order_id: orderId,
    status: status.status,
    can_renew: status.canRenew,
    packages: status.packages.map((one) => ({
      name: one.name,
      total_bytes: one.totalBytes.toString(),
      remaining_bytes: one.remainingBytes.toString(),
      activated_at: toInstantOrNull(one.activatedAt),
      expires_at: toInstantOrNull(one.expiresAt),
      status: one.status,
    })),
    coverage: status.coverage.map(({ countryName, networkName }) => ({
      country: countryName,
      network: networkName,
    })),
  }
}

export function toVoucher(voucher: CoreVoucher, now: Date): Voucher {
  return {
    id: voucher.id,
    phone: voucher.phone,
    holder: voucher.holder,
    amount: printAmount(voucher.amount),
    balance: printAmount(voucher.balance),
    currency: voucher.currency,
    state: stateOf(voucher, now),
    merchants: [...voucher.merchants],
    starts_at: toInstant(voucher.startsAt),
    ends_at: toInstant(voucher.endsAt),
    disbursement_id: voucher.disbursementId ?? null,
  }
}

function stateOf({ balance, startsAt, endsAt, frozenAt }: CoreVoucher, now: Date): Voucher['state'] {
  if (endsAt <= now) return 'ended'
  if (balance === 0n) return 'spent'
  if (frozenAt !== undefined) return 'frozen'
  return startsAt > now ? 'not_yet' : 'live'
}

export function toCheckout(checkout: CoreCheckout): Checkout {
  return {
    id: checkout.id,
    reference: checkout.reference,
    seller: checkout.sellerName,
    status: checkout.status,
    reason: checkout.endReason ?? null,
    amount: toMoney(checkout.amount, checkout.currency),
    fee: printAmount(checkout.fee),
    refunded: printAmount(checkout.refunded),
    terms: checkout.chosen ?? null,
    months: checkout.months ?? null,
    buyer: checkout.buyer?.company ?? null,
    created_at: toInstant(checkout.createdAt),
    expires_at: toInstant(checkout.expiresAt),
    ended_at: toInstantOrNull(checkout.endedAt),
  }
}

export function toSale(sum: ProductSum): SalesReply['data'][number] {
  const { skuCode, name, orders, units, paid, currency } = sum
  return { sku: skuCode, name, orders, units, paid: printAmount(paid), currency }
}
