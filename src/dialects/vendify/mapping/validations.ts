import type { Conversion, Sku } from '../../../core/catalogue/catalogue.ts'
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
  readonly options: readonly { readonly sku: Sku; readonly price: Conversion }[]
  readonly reference: string
}

export function toValidationReply({ listed, account, found, options, reference }: Finding): ValidationReply {
  return {
    productId: listed.id,
    providerId: listed.product.brand.id,
    productCode: codeOf(listed),
    status: found === undefined ? '404' : '200',
    message: found === undefined ? 'There is no such account.' : 'successful',
    accountName: found?.holder ?? '',
    uniqueAccountId: account,
    brandCode: listed.product.brand.code,
    productOptions: found === undefined || !isToValidate(listed) ? [] : options.map(toOption),
    transactionReference: reference,
    validated: found !== undefined,
  }
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
