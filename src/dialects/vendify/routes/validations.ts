import type { FoundAccount } from '../../../core/fulfilment/validate-account.ts'
import { validateAccount } from '../../../core/fulfilment/validate-account.ts'
import { canCredit } from '../../../core/operators/can-credit.ts'
import { findOperator } from '../../../core/operators/find-operator.ts'
import type { FoundOperator } from '../../../core/operators/find-operator.ts'
import { isOperators } from '../../../core/operators/operator.ts'
import { recordValidation } from '../../../core/validations/record-validation.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { toSuccess } from '../mapping/envelope.ts'
import type { Listed, Listing } from '../mapping/listing.ts'
import { referenceOf } from '../mapping/notes.ts'
import { readRecipient } from '../mapping/recipients.ts'
import { findService, findServiceOf, isPhoneService, toValidationReply } from '../mapping/validations.ts'
import { refusals, success, WalletHeaders } from '../wire/envelope.ts'
import { ValidationBody, ValidationReply } from '../wire/validations.ts'
import { signed } from './signed.ts'
import { findListed, listingOf, viewerOf } from './viewer.ts'

/** POST /api/v1/validations  whether an account exists, and what can be bought for it */
export function validationRoutes(app: DialectApp, services: Services): void {
  const { database, catalogue: live, suppliers } = services
  const validate = {
    tags: ['Orders'],
    security: signed,
    summary: 'Validate an account',
    headers: WalletHeaders,
    body: ValidationBody,
    response: { 200: success(ValidationReply), ...refusals(400, 404) },
  }
  app.post('/api/v1/validations', { schema: validate }, async (request) => {
    const { body } = request
    const catalogue = live.current()
    const { partnerId, wallet } = viewerOf(request)
    const listing = listingOf(catalogue)
    const operator = await findOperator(catalogue, body.uniqueAccountId.trim())
    const listed = findWanted(listing, body, operator)
    const recipient = readAccount(listed, body)
    const account = recipient['account'] ?? recipient['phone'] ?? ''
    // No supplier has to be asked about a number of another country.
    const found: FoundAccount | undefined = canCredit(listed.product, account)
      ? await validateAccount(database, suppliers, { partnerId, skuId: listed.first.id, recipient })
      : undefined
    if (found !== undefined)
      await recordValidation(database, { partnerId, productId: listed.product.id, account })
    const options = listed.skus.flatMap((sku) => {
      const price = catalogue.convert(partnerId, sku, wallet.currency)
      return price === undefined ? [] : [{ sku, price }]
    })
    const identity = newIdentity()
    const finding = {
      listed,
      account: body.uniqueAccountId,
      found,
      otherCarrier: otherCarrierOf(listed, operator),
      options,
      reference: referenceOf(identity),
    }
    return toSuccess(identity, toValidationReply(finding))
  })
}

/**
 * What is asked about: a product, or a service of a brand. The brand of a phone need not be named, its number tells.
 * Throws Failure product_not_found, validation_failed.
 */
function findWanted(listing: Listing, body: ValidationBody, operator: FoundOperator | undefined): Listed {
  const { productId } = body
  if (productId !== undefined && productId !== null && productId !== '')
    return findListed(listing, String(productId))
  const isNamed = (name: 'serviceCode' | 'brandCode' | 'serviceType'): boolean =>
    (body[name] ?? '').trim() !== ''
  const isPhone = isPhoneService(body.serviceCode)
  if (isPhone && !isNamed('brandCode')) {
    const own = findServiceOf(listing.all, body, operator?.operator?.products ?? [])
    if (own === undefined)
      throw new Failure('product_not_found', { sentence: 'Nothing is sold for the operator of this number.' })
    return own
  }
  const names = isPhone ? (['brandCode'] as const) : (['serviceCode', 'brandCode', 'serviceType'] as const)
  const fields = names
    .filter((name) => !isNamed(name))
    .map((field): FieldProblem => ({ field, sentence: `${field} is required without productId.` }))
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const found = findService(listing.all, body)
  if (found === undefined) throw new Failure('product_not_found')
  return found
}

/** The operator that a phone's range was given to, where it is another than the product's. */
function otherCarrierOf({ product }: Listed, found: FoundOperator | undefined): string | undefined {
  if (!isOperators(product) || found?.operator === undefined) return undefined
  return found.operator.brand.id === product.brand.id ? undefined : found.operator.name
}

/** Only what names the account counts here; what an order needs besides is the order's business. Throws Failure validation_failed. */
function readAccount(listed: Listed, body: ValidationBody): Readonly<Record<string, string>> {
  if (!listed.needsAccount) {
    const sentence = 'Nothing is validated for this product.'
    throw new Failure('validation_failed', { sentence, fields: [{ field: 'productId', sentence }] })
  }
  const { recipient, problems } = readRecipient(listed.product.fields, body)
  const own = problems.filter(({ field }) => field === 'uniqueAccountId')
  if (own.length > 0) throw new Failure('validation_failed', { fields: own })
  return recipient
}
