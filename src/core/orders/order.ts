import type { CodeId, OrderId, PartnerId, SkuId, WalletId } from '../../values/ids.ts'
import type { Currency, Micros } from '../../values/money.ts'

export type OrderStatus =
  | 'created'
  | 'processing'
  | 'completed'
  | 'cancelled'
  | 'failed'
  | 'partially_completed'

/** JSON as it came from a caller and goes back to it, numbers with their digits; undefined: none was given. */
export type JsonValue = unknown

/** What a caller asks for, priced: everything that one purchase needs. Amounts are micro-units. */
export type PlaceOrder = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly currency: Currency
  /** Which dialect took the order; its events go out in that dialect. */
  readonly dialect: string
  /** The caller's own id: unique among the partner's orders, for ever. 1 to 64 characters. */
  readonly externalId: string
  /** What makes two requests the same, in a canonical text: SKU, quantity, amount, recipient. */
  readonly requestKey: string
  readonly skuId: SkuId
  readonly skuName: string
  readonly quantity: number
  readonly unitPrice: Micros
  readonly faceValue: Micros
  readonly faceCurrency: Currency
  /** Fewer codes than asked for are sold rather than none. */
  readonly allowPartial: boolean
  /** A supplier may be asked where the stock does not hold all of it; the order is then `processing` until that has ended. */
  readonly canBeSupplied: boolean
  readonly customerData: JsonValue
  /** The caller's own words, which every dialect shows. */
  readonly metadata: JsonValue
  /** What the dialect remembers of the call that placed it (rates, names): for that dialect alone. */
  readonly notes?: JsonValue
}

/** A sold code in clear. Never logged, never stored. */
export type DeliveredCode = {
  readonly id: CodeId
  readonly code: string
  readonly pin: string | undefined
  readonly serial: string | undefined
  readonly url: string | undefined
  /** Of an eSIM, whose `code` is its ICCID: the activation code of GSMA SGP.22, "LPA:1$smdp.example.com$MATCHING-ID". */
  readonly lpa: string | undefined
  /** A calendar day, "2027-01-15"; undefined: it does not expire. */
  readonly expiresOn: string | undefined
}

/** What was done at the recipient's account, where nothing secret is handed out: a recharge, another package on an eSIM. */
export type Receipt = {
  readonly status: string
  readonly message: string
  readonly operatorReference?: string | undefined
  readonly iccid?: string | undefined
}

export type OrderItem = {
  /** 1, 2 … within the order. */
  readonly item: number
  readonly skuId: SkuId
  readonly skuName: string
  readonly quantity: number
  readonly delivered: number
  readonly unitPrice: Micros
  readonly status: OrderStatus
  readonly customerData: JsonValue
  readonly errorCode: string | undefined
  readonly codes: readonly DeliveredCode[]
  readonly receipts: readonly Receipt[]
}

export type Order = {
  readonly partnerId: PartnerId
  readonly id: OrderId
  readonly externalId: string
  readonly dialect: string
  readonly walletId: WalletId
  readonly status: OrderStatus
  readonly currency: Currency
  /** What the order cost: reduced to what was delivered once it has ended. */
  readonly totalAmount: Micros
  readonly metadata: JsonValue
  /** Of the dialect that took it; who is another looks away. */
  readonly notes?: JsonValue
  readonly createdAt: Date
  readonly completedAt: Date | undefined
  readonly items: readonly OrderItem[]
}

/** The text under AES of a stock code. Short keys: a million of them are stored. */
export type CodeText = {
  readonly c: string
  readonly p?: string
  readonly s?: string
  readonly u?: string
  readonly l?: string
}

/** True for what was sealed as a code. */
export function isCodeText(value: unknown): value is CodeText {
  return typeof value === 'object' && value !== null && 'c' in value && typeof value.c === 'string'
}
