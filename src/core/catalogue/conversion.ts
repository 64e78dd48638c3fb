import { divideHalfEven } from '../../values/decimal.ts'
import type { PartnerId } from '../../values/ids.ts'
import { hundredPercent, largestAmountMicros, rateScale } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import type { Conversion, ConversionWish, PartnerTerms, PriceRule, Sku } from './catalogue.ts'

/** The rate that holds for a partner: the mid rate with its margin, rounded half-even. Money of one currency has no margin. */
export function allInRateOf(
  mid: bigint,
  { fxMarginPercent }: Pick<PartnerTerms, 'fxMarginPercent'>,
  isSameCurrency: boolean,
): bigint {
  return isSameCurrency ? mid : divideHalfEven(mid * (hundredPercent + fxMarginPercent), hundredPercent)
}

/**
 * What a face value comes to at a rate: its value there (face × rate) and what the partner pays of it, each rounded half-even to the
 * micro. From the other side, a wished value stays what it is, and the face value is what it buys. Undefined where it would cost
 * nothing, or more than an amount may be.
 *
 * @param rule the partner's own for this SKU: its markups are put on the value, or its fixed price in place of it, before the discount
 */
export function convert(
  sku: Sku,
  wish: ConversionWish,
  rate: bigint,
  currency: Currency,
  { discountPercent }: Pick<PartnerTerms, 'discountPercent'>,
  rule?: PriceShift,
): Conversion | undefined {
  const faceValue = 'faceValue' in wish ? wish.faceValue : divideHalfEven(wish.targetValue * oneToOne, rate)
  const targetValue =
    'targetValue' in wish ? wish.targetValue : divideHalfEven(wish.faceValue * rate, oneToOne)
  const cost = divideHalfEven(
    shift(targetValue, rule) * (hundredPercent - discountPercent),
    hundredPercent * hundredPercent,
  )
  const isPayable =
    faceValue > 0n && cost > 0n && targetValue <= largestAmountMicros && cost <= largestAmountMicros
  return isPayable ? { faceValue, faceCurrency: sku.currency, rate, targetValue, cost, currency } : undefined
}

/** What a price rule does to a value. */
type PriceShift = Pick<PriceRule, 'markupPercent' | 'markupFixed' | 'fixedPrice'>

/** Not rounded: scaled by 10^percentScale × 100. */
function shift(value: Micros, rule: PriceShift | undefined): bigint {
  if (rule === undefined) return value * hundredPercent
  if (rule.fixedPrice !== undefined) return rule.fixedPrice.amount * hundredPercent
  return value * (hundredPercent + rule.markupPercent) + rule.markupFixed * hundredPercent
}

/** The least that can be bought of a SKU. */
export function leastFaceOf({ denomination }: Sku): Micros {
  return denomination.kind === 'fixed' ? denomination.value : denomination.least
}

/** Those of a partner for whom nothing is set. */
export function noTerms(partnerId: PartnerId): PartnerTerms {
  return { partnerId, fxMarginPercent: 0n, discountPercent: 0n }
}

const oneToOne = 10n ** BigInt(rateScale)
