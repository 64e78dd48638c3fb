import type { Goods, Purchase, SupplierAnswer, SupplierProduct } from '../../core/fulfilment/supplier.ts'
import { digitsOf, exactNumber } from '../../values/json.ts'
import { parseAmount, parseCurrency, printAmount } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import type { Goods as GoodsReply, TopUp } from './wire.ts'

/** What a product code of ours names there. */
export type Kind = 'giftcard' | 'digital' | 'airtime'

export type Product = { readonly kind: Kind; readonly id: string }

/** "giftcard:GC-AMZN-US-50"; undefined for what no list of theirs has given. */
export function readProductCode(code: string): Product | undefined {
  const match = /^(giftcard|digital|airtime):(.+)$/.exec(code)
  const [, kind, id] = match ?? []
  return id === undefined ? undefined : { kind: kind as Kind, id } // The expression admits no other.
}

/** One call. The same purchase has the same calls for ever: the other side takes a different body for a conflict. */
export type Call = {
  /** Also the idempotency key. */
  readonly reference: string
  readonly path: string
  readonly body: object
  readonly product: Product
  readonly quantity: number
}

/** A gift card is bought one by one, each under a reference of its own; everything else in one call. */
export function toCalls(purchase: Purchase, product: Product): Call[] {
  const { reference, quantity, recipient, currency } = purchase
  const amount = exactNumber(printAmount(purchase.faceValue))
  const one = { product, quantity, reference }
  switch (product.kind) {
    case 'digital':
      return [{ ...one, path: '/digital/purchase', body: { product_id: product.id, quantity, reference } }]
    case 'airtime': {
      const phone = toPhone(recipient['phone'])
      const body = { phone, amount, currency, operator_id: product.id, reference }
      return [{ ...one, path: '/airtime/topup', body }]
    }
    case 'giftcard':
      return Array.from({ length: quantity }, (_, place) => {
        const own = quantity === 1 ? reference : `${reference}-${place + 1}`
        const body = { product_id: product.id, amount, currency, reference: own }
        return { product, quantity: 1, reference: own, path: '/giftcard/purchase', body }
      })
  }
}

function toPhone(phone: string | undefined): string {
  return phone === undefined || phone.startsWith('+') ? (phone ?? '') : `+${phone}`
}

/** What an answer about goods says of our call. */
export function readGoods(reply: GoodsReply, call: Call, purchase: Purchase): SupplierAnswer {
  if (reply.product_id !== call.product.id) return unknown('The answer is about another product.')
  return read(reply, call, purchase, () => {
    const keys = reply.license_keys
    if (call.product.kind === 'digital' && keys === undefined) return 'The answer has no keys.'
    const codes = keys ?? [reply.code ?? '']
    if (codes.length === 0 || codes.some((code) => code === '')) return 'A code is empty.'
    if (codes.length > call.quantity) return `${codes.length} codes were delivered for ${call.quantity}.`
    if (new Set(codes).size < codes.length) return 'The same code was delivered twice in one order.'
    // What stands beside the code belongs to the first of several.
    return codes.map((code, place): Goods => {
      if (place > 0) return { kind: 'code', code }
      return {
        kind: 'code',
        code,
        pin: reply.pin ?? undefined,
        serial: reply.serial ?? undefined,
        url: codes.length === 1 ? (reply.redeem_url ?? undefined) : undefined,
        expiresOn: reply.expires_at?.slice(0, 10),
      }
    })
  })
}

/** What an answer about airtime says of our call. */
export function readTopUp(reply: TopUp, call: Call, purchase: Purchase): SupplierAnswer {
  if (reply.operator_id !== call.product.id || reply.phone !== toPhone(purchase.recipient['phone']))
    return unknown('The answer is about another phone or operator.')
  return read(reply, call, purchase, () => {
    const message = 'The phone was topped up.'
    const operatorReference = reply.operator_reference ?? undefined
    return [{ kind: 'receipt', status: 'success', message, operatorReference }]
  })
}

function read(
  reply: GoodsReply | TopUp,
  call: Call,
  purchase: Purchase,
  goodsOf: () => readonly Goods[] | string,
): SupplierAnswer {
  if (reply.reference !== call.reference) return unknown('The answer is about another order.')
  if (reply.currency !== purchase.currency) return unknown('The answer is in another currency.')
  if (call.product.kind !== 'digital' && toMicros(reply.amount) !== purchase.faceValue)
    return unknown('The answer is about another amount.')
  const supplierReference = reply.transaction_id
  switch (reply.status) {
    case 'pending':
      return { state: 'pending', detail: 'The purchase is pending.', supplierReference }
    case 'failed':
      return { state: 'refused', reason: 'rejected', detail: 'The purchase failed.' }
    case 'completed': {
      const goods = goodsOf()
      if (typeof goods === 'string') return unknown(goods)
      const [amount, currency] = [toMicros(reply.charged_amount), parseCurrency(reply.charged_currency)]
      if (amount === undefined || amount < 0n || currency === undefined)
        return unknown('The answer has no readable cost.')
      return { state: 'delivered', goods, cost: { amount, currency }, supplierReference }
    }
    default:
      return unknown(`The purchase has the unknown status "${reply.status}".`)
  }
}

/**
 * Several calls for one purchase as one answer. What is there stays there: a refusal behind goods ends it with these; whatever is open
 * leaves the whole open, and the same calls asked again find what was delivered.
 */
export function join(answers: readonly SupplierAnswer[]): SupplierAnswer {
  const delivered = answers.filter((one) => one.state === 'delivered')
  const other = answers.find((one) => one.state !== 'delivered')
  const goods = delivered.flatMap((one) => one.goods)
  const [first] = delivered
  if (other !== undefined && (other.state !== 'refused' || first === undefined))
    // The first part went out, so that no word about a later one can mean that nothing did.
    return other.state === 'busy' && first !== undefined ? unknown(other.detail) : other
  if (first === undefined) return unknown('Nothing was asked for.')
  const codes = goods.flatMap((one) => (one.kind === 'code' ? [one.code] : []))
  if (new Set(codes).size < codes.length) return unknown('The same code was delivered twice.')
  const cost = delivered.reduce((sum, one) => sum + (one.cost?.amount ?? 0n), 0n)
  const currencies = new Set(delivered.map((one) => one.cost?.currency))
  return {
    ...first,
    goods,
    cost: currencies.size === 1 && first.cost !== undefined ? { ...first.cost, amount: cost } : undefined,
  }
}

/** An amount of the wire in micro-units; undefined if it is none. */
export function toMicros(value: unknown): Micros | undefined {
  const digits = digitsOf(value)
  return digits === undefined ? undefined : parseAmount(digits)
}

/** A row of a list. What a price depends on an amount by is not told, so that an open amount has none. */
export function toProduct(
  kind: Kind,
  row: {
    readonly id: string
    readonly name: string
    readonly currency: string
    readonly denomination_type?: string
    readonly price?: unknown
    readonly in_stock?: boolean
  },
): SupplierProduct[] {
  const currency = parseCurrency(row.currency)
  if (currency === undefined) return []
  const isOpen = kind === 'airtime' || row.denomination_type === 'range'
  return [
    {
      productCode: `${kind}:${row.id}`,
      name: row.name,
      cost: isOpen ? undefined : toMicros(row.price),
      costRate: undefined,
      currency,
      stock: row.in_stock === false ? 0 : undefined,
    },
  ]
}

function unknown(detail: string): Extract<SupplierAnswer, { readonly state: 'unknown' }> {
  return { state: 'unknown', detail }
}
