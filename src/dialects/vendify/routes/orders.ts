import type { FastifyRequest } from 'fastify'
import type { Catalogue, ConversionWish } from '../../../core/catalogue/catalogue.ts'
import { addressProblem } from '../../../core/messages/message.ts'
import { bindNonce } from '../../../core/nonces/bind-nonce.ts'
import { findExternalId, mayBePlacedYet } from '../../../core/nonces/find-external-id.ts'
import { placingSecondsMost } from '../../../core/nonces/nonce.ts'
import type { Nonce } from '../../../core/nonces/nonce.ts'
import { refuseNonce } from '../../../core/nonces/refuse-nonce.ts'
import { awaitOrder } from '../../../core/orders/await-order.ts'
import { findOrderByExternalId } from '../../../core/orders/find-order-by-external-id.ts'
import { findRepeatedOrder } from '../../../core/orders/find-repeated-order.ts'
import { dropOrderMail } from '../../../core/order-mails/drop-order-mail.ts'
import { planOrderMail } from '../../../core/order-mails/plan-order-mail.ts'
import { sendOrderMail } from '../../../core/order-mails/send-order-mail.ts'
import type { Order, PlaceOrder } from '../../../core/orders/order.ts'
import { placeOrder } from '../../../core/orders/place-order.ts'
import { canCredit } from '../../../core/operators/can-credit.ts'
import type { PayingWallet } from '../../../core/partners/partner.ts'
import { requireValidation } from '../../../core/validations/require-validation.ts'
import { failpoint } from '../../../platform/failpoints.ts'
import { sha256 } from '../../../platform/secrets.ts'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { digitsOf } from '../../../values/json.ts'
import { parseAmount, printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { readNonce } from '../auth.ts'
import { newIdentity } from '../identity.ts'
import { priceFor } from '../mapping/amounts.ts'
import { toSuccess } from '../mapping/envelope.ts'
import type { Identity } from '../mapping/envelope.ts'
import { isToValidate } from '../mapping/listing.ts'
import type { Listed } from '../mapping/listing.ts'
import { notesOf, referenceOf } from '../mapping/notes.ts'
import { toOrderReply, toPlaceOrder, toRequestKey, toStatusReply } from '../mapping/orders.ts'
import type { Shown } from '../mapping/orders.ts'
import { readRecipient } from '../mapping/recipients.ts'
import { refusals, success, WalletHeaders } from '../wire/envelope.ts'
import { OrderBody, OrderQuestion, OrderReply, StatusReply } from '../wire/orders.ts'
import { usageKey } from './esim-pages.ts'
import { signed } from './signed.ts'
import { findListed, listingOf, viewerOf } from './viewer.ts'

const shared = { tags: ['Orders'], security: signed }

/**
 * POST /api/v1/orders        buys one of a product
 * GET  /api/v1/order/status  what became of an order, by its reference or its nonce
 * POST /api/v1/order/status  the same
 */
export function orderRoutes(app: DialectApp, services: Services): void {
  const create = {
    ...shared,
    summary: 'Buy',
    headers: WalletHeaders,
    body: OrderBody,
    response: { 200: success(OrderReply), ...refusals(400, 402, 404, 409) },
  }
  app.post('/api/v1/orders', { schema: create }, async (request, reply) => {
    const identity = newIdentity()
    const isLate = () => reply.elapsedTime > placingSecondsMost * 1_000
    const order = await buy(services, request, request.body, identity, isLate)
    await sendReceipt(services, order)
    const { sysId, sessionUid } = notesOf(order)
    // A repeat tells of the first order under a name of its own.
    const named = sessionUid === identity.sessionUid ? { ...identity, sysId } : identity
    return toSuccess(named, toOrderReply(order, shownTo(request, services, order)))
  })

  const answer = async (request: FastifyRequest, question: OrderQuestion) => {
    const order = await findAsked(services, request, question)
    await sendReceipt(services, order)
    return toSuccess(newIdentity(), toStatusReply(order, shownTo(request, services, order)))
  }
  const response = { 200: success(StatusReply), ...refusals(400, 404) }
  const get = { ...shared, summary: 'What became of an order', querystring: OrderQuestion, response }
  app.get('/api/v1/order/status', { schema: get }, async (request) => answer(request, request.query))
  const post = { ...shared, summary: 'What became of an order', body: OrderQuestion, response }
  app.post('/api/v1/order/status', { schema: post }, async (request) => answer(request, request.body))
}

/** Where an order's product is shown, and where the pages for its buyer are. */
function shownTo({ caller }: FastifyRequest, services: Services, order: Order): Shown {
  const { catalogue, keyRing, publicUrl } = services
  const [item] = order.items
  const product = item === undefined ? undefined : catalogue.current().sku(item.skuId)?.product
  const account = String(caller.partner.number)
  return {
    product,
    pagesUrl: `${publicUrl}/vendify/esim`,
    usageQuery: (iccid) => `iccid=${iccid}&account=${account}&key=${usageKey(keyRing, account, iccid)}`,
  }
}

/** Throws Failure validation_failed, order_not_found. */
async function findAsked(
  { database, keyRing }: Services,
  { caller }: FastifyRequest,
  question: OrderQuestion,
): Promise<Order> {
  // What is empty was not given.
  const reference = question.transactionReference?.trim() || undefined
  const nonce = question['x-nonce']?.trim() || undefined
  if ((reference === undefined) === (nonce === undefined)) {
    const sentence = 'Give either transactionReference or x-nonce.'
    throw new Failure('validation_failed', {
      sentence,
      fields: [{ field: 'transactionReference', sentence }],
    })
  }
  const { credentialId, partner } = caller
  const wanted = reference === undefined ? { nonce: nonce ?? '', credentialId } : { reference }
  const externalId = await findExternalId(database, partner.id, wanted)
  const order =
    externalId === undefined
      ? undefined
      : await findOrderByExternalId(database, keyRing, partner.id, externalId).catch(unlessMissing)
  if (order !== undefined) return order
  if (nonce !== undefined && (await mayBePlacedYet(database, partner.id, nonce)))
    throw new Failure('order_in_progress', { retryAfterSeconds: 5 })
  throw new Failure('order_not_found')
}

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Failure) || error.code !== 'order_not_found') throw error
  return undefined
}

/**
 * The nonce is bound before anything is bought: whatever becomes of this process, who asks by it finds the order. A refused order leaves its
 * nonce used and finding nothing; where nobody can tell whether it was placed, the nonce stays bound.
 */
async function buy(
  services: Services,
  request: FastifyRequest,
  body: OrderBody,
  identity: Identity,
  isLate: () => boolean,
): Promise<Order> {
  const { database } = services
  const { partner, credentialId } = request.caller
  const nonce: Nonce = { partnerId: partner.id, credentialId, nonce: readNonce(request.headers['x-nonce']) }
  const externalId = externalIdOf(body, nonce)
  await bindNonce(database, nonce, { externalId, reference: referenceOf(identity) })
  await failpoint('vendify.nonce-bound')
  try {
    return await place(services, request, body, { identity, externalId, isLate })
  } catch (error) {
    if (error instanceof Failure && !unclear.has(error.code)) await refuseNonce(database, nonce)
    throw error
  }
}

/** After these the order may have been placed all the same. */
const unclear: ReadonlySet<string> = new Set(['unavailable', 'order_in_progress', 'internal'])

async function place(
  services: Services,
  request: FastifyRequest,
  body: OrderBody,
  {
    identity,
    externalId,
    isLate,
  }: { readonly identity: Identity; readonly externalId: string; readonly isLate: () => boolean },
): Promise<Order> {
  const { database, keyRing, orders, orderNews, patienceMs } = services
  const partnerId = request.caller.partner.id
  const wallet = chooseWallet(request, body)
  const amounts = readAmounts(body)
  const keyAmounts = [printAmount(amounts.value), printAmount(amounts.faceValue)] as const
  const requestKey = toRequestKey(body, keyAmounts, wallet.code)
  const parts = { wallet, wish: amounts.wish, identity, externalId, requestKey }
  let command: PlaceOrder
  try {
    command = await toCommand(services, request, body, parts)
  } catch (failure) {
    const first = await findRepeatedOrder(database, keyRing, {
      partnerId,
      dialect: 'vendify',
      externalId,
      requestKey,
    })
    if (first === undefined) throw failure
    return first
  }
  const recipient = body.beneficiaryEmail?.trim() ?? ''
  await planReceipt(services, command, recipient, identity)
  // Whoever asks what became of it is told that there is none, by then.
  if (isLate()) throw new Failure('unavailable', { retryAfterSeconds: 1 })
  const placed = await placeOrder(orders, command).catch(async (error: unknown) => {
    if (error instanceof Failure && !unclear.has(error.code))
      await dropOrderMail(database, command).catch(() => undefined)
    throw error
  })
  await failpoint('vendify.order-committed')
  // A repeat has no effect: where the goods go is said by the first order, or changed by who may change it.
  if (placed.repeated && recipient !== '' && notesOf(placed.order).email !== recipient)
    await dropOrderMail(database, command, recipient)
  return placed.repeated ? placed.order : awaitOrder(database, keyRing, orderNews, placed.order, patienceMs)
}

/** Notes to whom the goods are mailed, before they are bought: whenever the order delivers, whoever sees it first sends the mail, or a job does. */
async function planReceipt(
  { database, keyRing, catalogue }: Services,
  command: PlaceOrder,
  recipient: string,
  identity: Identity,
): Promise<void> {
  if (recipient === '') return
  const first = await findRepeatedOrder(database, keyRing, command)
  if (first !== undefined && notesOf(first).email !== recipient) return
  await planOrderMail(database, {
    of: command,
    recipient,
    locale: 'en',
    reference: referenceOf(identity),
    redeemUrl: catalogue.current().sku(command.skuId)?.product.brand.redeemUrl,
  })
}

/** The order stands whatever becomes of its mail. */
async function sendReceipt({ database, keyRing }: Services, order: Order): Promise<void> {
  if (notesOf(order).email !== '')
    await sendOrderMail(database, keyRing, order.partnerId, order.id).catch(() => false)
}

/** The client's own reference, or one that follows from the nonce: nobody can use that one again. */
function externalIdOf({ customerReference }: OrderBody, { credentialId, nonce }: Nonce): string {
  if (customerReference !== undefined && customerReference !== null && customerReference !== '')
    return `vendify:ref:${customerReference}`
  return `vendify:new:${sha256(`${credentialId}/${nonce}`).toString('base64url')}`
}

/** Throws Failure wallet_not_found, wallet_mismatch. */
function chooseWallet(request: FastifyRequest, { walletId }: OrderBody): PayingWallet {
  const { wallet } = viewerOf(request)
  if (walletId === undefined || walletId === null || walletId === '') return wallet
  const wanted = walletId.toUpperCase()
  if (wallet.code === wanted) return wallet
  const { headers } = request
  const isNamed = ['x-wallet-id', 'x-currency-code', 'x-currency-id'].some(
    (name) => typeof headers[name] === 'string' && headers[name] !== '',
  )
  if (isNamed) throw new Failure('wallet_mismatch')
  const own = request.caller.wallets.find(({ code }) => code === wanted)
  if (own === undefined)
    throw new Failure('wallet_not_found', { sentence: 'This wallet is not one of yours.' })
  return own
}

type Amounts = { readonly value: Micros; readonly faceValue: Micros; readonly wish: ConversionWish }

/** Throws Failure invalid_amount, amounts_exclusive. */
function readAmounts(body: OrderBody): Amounts {
  const [value, faceValue] = [readAmount(body.value, 'value'), readAmount(body.faceValue, 'faceValue')]
  if ((value === 0n) === (faceValue === 0n)) throw new Failure('amounts_exclusive')
  return { value, faceValue, wish: value === 0n ? { faceValue } : { targetValue: value } }
}

function readAmount(given: unknown, field: string): Micros {
  if (given === undefined || given === null || given === '') return 0n
  const digits = typeof given === 'string' ? given : digitsOf(given)
  const amount = digits === undefined ? undefined : parseAmount(digits)
  if (amount === undefined || amount < 0n) {
    const sentence = `${field} must be a positive number with at most 6 fraction digits.`
    throw new Failure('invalid_amount', { fields: [{ field, sentence }] })
  }
  return amount
}

type Parts = {
  readonly wallet: PayingWallet
  readonly wish: ConversionWish
  readonly identity: Identity
  readonly externalId: string
  readonly requestKey: string
}

/** Throws Failure product_not_found, validation_failed, account_not_validated, invalid_amount, price_unavailable. */
async function toCommand(
  { database, catalogue: live }: Services,
  { caller }: FastifyRequest,
  body: OrderBody,
  parts: Parts,
): Promise<PlaceOrder> {
  const catalogue = live.current()
  const partnerId = caller.partner.id
  const listed = findListed(listingOf(catalogue), String(body.productId))
  const { recipient, problems } = readRecipient(listed.product.fields, body)
  const all = [...problems, ...phoneProblems(listed, recipient), ...otherProblems(listed, body)]
  if (all.length > 0) throw new Failure('validation_failed', { fields: all })
  const skus = skusFor(listed, body)
  if (isToValidate(listed)) {
    const account = recipient['account'] ?? ''
    await requireValidation(database, { partnerId, productId: listed.product.id, account })
    if (skus.length === 0) throw new Failure('account_not_validated')
  }
  const priced = priceFor(catalogue, partnerId, skus, parts.wallet.currency, parts.wish)
  if (priced === 'no_price') throw new Failure('price_unavailable')
  if (priced === 'not_sold') throw new Failure('invalid_amount')
  const canBeSupplied = catalogue.isSupplied(priced.sku.id)
  return toPlaceOrder({ ...parts, partnerId, listed, priced, canBeSupplied, recipient, body })
}

/** Of a subscription the package that is named, of everything else what there is. */
function skusFor(listed: Listed, { productCode }: OrderBody): Catalogue['products'][number]['skus'] {
  if (!isToValidate(listed)) return listed.skus
  return listed.skus.filter(({ code }) => code.toLowerCase() === productCode?.trim().toLowerCase())
}

/** Which operator has a number by now nobody can tell from its digits, but they tell the country. */
function phoneProblems({ product }: Listed, { phone }: Readonly<Record<string, string>>): FieldProblem[] {
  if (phone === undefined || canCredit(product, phone)) return []
  return [{ field: 'uniqueAccountId', sentence: 'This is no number of the country of the product.' }]
}

function otherProblems(listed: Listed, body: OrderBody): FieldProblem[] {
  const problems: FieldProblem[] = []
  const note = (field: string, sentence: string | undefined): void => {
    if (sentence !== undefined) problems.push({ field, sentence })
  }
  const { providerId } = body
  const isOther =
    providerId !== undefined && providerId !== null && String(providerId) !== String(listed.product.brand.id)
  note('providerId', isOther ? 'This is not the provider of the product.' : undefined)
  const code = body.productCode?.trim() ?? ''
  if (!isToValidate(listed)) {
    const isWrong = code !== '' && code.toLowerCase() !== listed.first.code.toLowerCase()
    const isMissing = code === '' && listed.category.code === 'utility'
    note('productCode', isWrong ? 'This is not the code of the product.' : undefined)
    note('productCode', isMissing ? 'productCode is required for utilities.' : undefined)
  }
  const email = body.beneficiaryEmail?.trim() ?? ''
  note('beneficiaryEmail', email === '' ? undefined : addressProblem('mail', email))
  return problems
}
