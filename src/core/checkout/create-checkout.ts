import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { sha256Hex } from '../../platform/secrets.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import { parseId } from '../../values/ids.ts'
import type { CheckoutId, CredentialId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros, printAmount } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { callbackProblem } from '../webhooks/check-endpoint.ts'
import type { AddressRules } from '../webhooks/webhook.ts'
import { checkoutDays } from './checkout.ts'
import type { Checkout } from './checkout.ts'
import { insertCheckout, selectByIdempotencyKey, selectCheckout } from './checkouts.sql.ts'
import { isWebAddress, redirectSentence } from './create-seller.ts'
import { penny } from './schedule.ts'
import { feeOf, isWithinLimits, paymentTerms, termsOf } from './seller.ts'
import type { PaymentTerms, Seller } from './seller.ts'

export type CreateCheckout = {
  readonly seller: Seller
  readonly dialect: string
  /** Micro-units of the seller's currency. */
  readonly amount: Micros
  /** The seller's own name for it; need not be unique. */
  readonly reference: string
  /** Absent: all that the seller has and that the amount allows. */
  readonly terms?: readonly PaymentTerms[] | undefined
  readonly redirectUrl?: string | undefined
  readonly webhookUrl?: string | undefined
  readonly source?: string | undefined
  readonly metadata?: unknown
  /** Where the buyer's page is, without what lets one in. */
  readonly pageUrl: string
  /** Whoever comes again with it and the same order gets the first one; 1 to 255 characters. */
  readonly idempotencyKey?: string | undefined
  /** With which key it is made: what is told of it is signed with the same. */
  readonly credentialId?: CredentialId | undefined
}

/**
 * Takes a shop's order that a buyer is to pay on our page. Throws Failure validation_failed, and external_id_conflict where the idempotency
 * key was used for another order.
 */
export async function createCheckout(
  tx: Tx,
  rules: AddressRules,
  command: CreateCheckout,
): Promise<{ readonly checkout: Checkout; readonly isRepeat: boolean }> {
  const { seller, dialect, amount, reference, webhookUrl, source, pageUrl, idempotencyKey } = command
  const requestHash = hashOf(command)
  const { partnerId, id: sellerId, currency, feePayer, rate } = seller
  const named = idempotencyKey === undefined ? undefined : { partnerId, sellerId, idempotencyKey }
  const repeat = async () => {
    const first = named === undefined ? undefined : await selectByIdempotencyKey(tx, named)
    if (first !== undefined && first.requestHash !== requestHash) {
      const sentence = 'This Idempotency-Key was already used for a different order.'
      throw new Failure('external_id_conflict', { sentence })
    }
    return first
  }
  const terms = offeredTerms(command)
  const problems = problemsOf(command, terms, rules)
  if (problems.length > 0) {
    // What was taken once is answered for ever, though the shop's terms would not allow it now.
    const before = isStorableJson(idempotencyKey ?? '') ? await repeat() : undefined
    if (before === undefined) throw new Failure('validation_failed', { fields: problems })
    return { checkout: await storedCheckout(tx, before.id), isRepeat: true }
  }
  const id = newId<CheckoutId>()
  const metadata = command.metadata === undefined ? undefined : JSON.stringify(command.metadata)
  const isNew = await insertCheckout(tx, {
    partnerId,
    id,
    sellerId,
    dialect,
    currency,
    amount,
    feePayer,
    rate,
    reference,
    terms,
    fee: feeOf(amount, seller.feePercent),
    redirectUrl: command.redirectUrl ?? seller.redirectUrl,
    webhookUrl,
    pageUrl,
    source,
    metadata,
    idempotencyKey,
    requestHash,
    days: checkoutDays,
    credentialId: command.credentialId,
  })
  const found = isNew ? undefined : await repeat()
  return { checkout: await storedCheckout(tx, found?.id ?? id), isRepeat: found !== undefined }
}

async function storedCheckout(tx: Tx, id: CheckoutId): Promise<Checkout> {
  const checkout = await selectCheckout(tx, id)
  if (checkout === undefined) throw new Error('The order was stored and is not there.')
  return checkout
}

/** Of the terms that the order asks for, or else all that the seller has, those that the amount allows. */
function offeredTerms({ seller, amount, terms }: CreateCheckout): readonly PaymentTerms[] {
  const asked = terms === undefined ? termsOf(seller) : paymentTerms.filter((one) => terms.includes(one))
  return asked.filter((one) => isWithinLimits(seller, amount, one))
}

function problemsOf(
  command: CreateCheckout,
  offered: readonly PaymentTerms[],
  rules: AddressRules,
): FieldProblem[] {
  const { seller, amount, reference, terms, redirectUrl, webhookUrl, source, idempotencyKey = '1' } = command
  const problems: FieldProblem[] = []
  const complain = (isWrong: boolean, field: string, sentence: string): void => {
    if (isWrong) problems.push({ field, sentence })
  }
  const isText = (text: string, most: number): boolean =>
    text.trim() !== '' && text.length <= most && isStorableJson(text)
  const isAmount = amount > 0n && amount <= largestAmountMicros && amount % penny === 0n
  complain(!isAmount, 'amount', 'The amount must be more than zero, in pounds and whole pennies.')
  const had = termsOf(seller)
  const isOffered = terms === undefined || (terms.length > 0 && terms.every((one) => had.includes(one)))
  complain(
    !isOffered,
    'allowed_payment_terms',
    'The payment terms must be out of those that this seller offers.',
  )
  complain(isAmount && isOffered && offered.length === 0, 'amount', limitsSentence(seller))
  complain(
    isAmount && feeOf(amount, seller.feePercent) >= amount,
    'amount',
    'The fee would take all of so small an amount.',
  )
  complain(!isText(reference, 200), 'reference', 'The reference must be 1 to 200 characters of text.')
  complain(redirectUrl !== undefined && !isWebAddress(redirectUrl), 'redirect_url', redirectSentence)
  const webhookProblem = webhookUrl === undefined ? undefined : callbackProblem(webhookUrl, rules)
  complain(webhookProblem !== undefined, 'webhook_url', webhookProblem ?? '')
  complain(
    source !== undefined && !isText(source, 200),
    'source',
    'The source must be 1 to 200 characters of text.',
  )
  complain(
    !/^[\x20-\x7e]{1,255}$/.test(idempotencyKey),
    'Idempotency-Key',
    'The Idempotency-Key must be 1 to 255 characters of ASCII.',
  )
  return problems
}

function limitsSentence({ leastAmount, mostAmount }: Seller): string {
  return `The amount must be from ${printAmount(leastAmount)} to ${printAmount(mostAmount)} to be paid later.`
}

/** What makes two requests the same: everything that the client chose. */
function hashOf(command: CreateCheckout): string {
  const { amount, reference, terms, redirectUrl, webhookUrl, source, metadata } = command
  const chosen = [amount.toString(), reference, terms, redirectUrl, webhookUrl, source, metadata]
  const hash = sha256Hex(JSON.stringify(chosen.map((one) => one ?? null))).slice(0, 32)
  const id = parseId(hash.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
  if (id === undefined) throw new Error('Half a SHA-256 has as many digits as a UUID.')
  return id
}
