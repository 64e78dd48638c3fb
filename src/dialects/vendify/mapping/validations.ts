import type { Conversion, Product, Sku } from '../../../core/catalogue/catalogue.ts'
import type { ProductOption, ValidationBody, ValidationReply } from '../wire/validations.ts'
import { toAmount } from './envelope.ts'
import { isToValidate } from './listing.ts'
import type { Listed } from './listing.ts'
import { codeOf, serviceCodeOf } from './products.ts'

/** What was looked for and found; without an account there is none. */
export type Finding = {
  readonly listed: Listed
  readonly account: string
  readonly found: { readonly holder: string | undefined } | undefined
  /** To whom the phone's range was given, where that is not the product's operator. */
  readonly otherCarrier: string | undefined
  readonly options: readonly { readonly sku: Sku; readonly price: Conversion }[]
  readonly reference: string
}

export function toValidationReply(finding: Finding): ValidationReply {
  const { listed, account, found, options, reference } = finding
  return {
    productId: listed.id,
    providerId: listed.product.brand.id,
    productCode: codeOf(listed),
    status: found === undefined ? '404' : '200',
    message: messageOf(finding),
    accountName: found?.holder ?? '',
    uniqueAccountId: account,
    brandCode: listed.product.brand.code,
    productOptions: found === undefined || !isToValidate(listed) ? [] : options.map(toOption),
    transactionReference: reference,
    validated: found !== undefined,
  }
}

/** Numbers are carried over from one operator to another, so another operator's range is told and not refused. */
function messageOf({ listed, found, otherCarrier }: Finding): string {
  if (found === undefined) return 'There is no such account.'
  if (otherCarrier === undefined) return 'successful'
  return `successful. The range of this number was given to ${otherCarrier}: make sure that it is now with ${listed.product.brand.names.en}.`
}

/** Whether a service credits phones, whose operator follows from their number. */
export function isPhoneService(serviceCode: string | null | undefined): boolean {
  return ['airtime', 'data'].includes((serviceCode ?? '').trim().toLowerCase())
}

/** The first of some products that does what is asked for. */
export function findServiceOf(
  all: readonly Listed[],
  { serviceCode }: ValidationBody,
  products: readonly Product[],
): Listed | undefined {
  return all.find(
    (listed) =>
      products.includes(listed.product) &&
      serviceCodeOf(listed).toLowerCase() === serviceCode?.trim().toLowerCase(),
  )
}

/** The product that a service, a brand and a type name, the first if there are several. */
export function findService(all: readonly Listed[], body: ValidationBody): Listed | undefined {
  const is = (wanted: string | null | undefined, ...words: readonly (string | undefined)[]): boolean =>
    words.some((word) => word?.toLowerCase() === wanted?.trim().toLowerCase())
  return all.find(
    (listed) =>
      listed.needsAccount &&
      is(body.serviceCode, serviceCodeOf(listed)) &&
      is(body.brandCode, listed.product.brand.code, listed.product.brand.familyCode) &&
      // Only bills have a type of service.
      (typeof listed.product.attributes['service_type'] !== 'string' ||
        isToValidate(listed) ||
        is(body.serviceType, listed.product.attributes['service_type'])),
  )
}

function toOption({ sku, price }: Finding['options'][number]): ProductOption {
  const days = sku.attributes['validity_days']
  return {
    productName: sku.names.en,
    productCode: sku.code,
    noOfMonths: typeof days === 'number' ? Math.max(1, Math.round(days / 30)) : 1,
    value: toAmount(price.targetValue),
  }
}
