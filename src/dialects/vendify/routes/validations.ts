import type { FoundAccount } from '../../../core/fulfilment/validate-account.ts'
import { validateAccount } from '../../../core/fulfilment/validate-account.ts'
import { recordValidation } from '../../../core/validations/record-validation.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { newIdentity } from '../identity.ts'
import { toSuccess } from '../mapping/envelope.ts'
import type { Listed, Listing } from '../mapping/listing.ts'
import { referenceOf } from '../mapping/notes.ts'
import { readRecipient } from '../mapping/recipients.ts'
import { findService, toValidationReply } from '../mapping/validations.ts'
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
    const listed = findWanted(listingOf(catalogue), body)
    const recipient = readAccount(listed, body)
    const account = recipient['account'] ?? recipient['phone'] ?? ''
    const found: FoundAccount | undefined = await validateAccount(database, suppliers, {
      partnerId,
      skuId: listed.first.id,
      recipient,
    })
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
      options,
      reference: referenceOf(identity),
    }
    return toSuccess(identity, toValidationReply(finding))
  })
}

/** Throws Failure product_not_found, validation_failed. */
function findWanted(listing: Listing, body: ValidationBody): Listed {
  const { productId } = body
  if (productId !== undefined && productId !== null && productId !== '')
    return findListed(listing, String(productId))
  const names = ['serviceCode', 'brandCode', 'serviceType'] as const
  const fields = names
    .filter((name) => (body[name] ?? '').trim() === '')
    .map((field): FieldProblem => ({ field, sentence: `${field} is required without productId.` }))
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const found = findService(listing.all, body)
  if (found === undefined) throw new Failure('product_not_found')
  return found
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
