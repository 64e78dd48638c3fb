import type { Database, Tx } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import type { Log } from '../../platform/log.ts'
import { Failure } from '../../values/failure.ts'
import { bookPayout, receivableAccount } from '../ledger/book-receivable.ts'
import type { KeyRing } from '../keys/ring.ts'
import { instalmentsOf, toApplication } from './application.ts'
import { changeStatus } from './change-status.ts'
import { payoutOf } from './checkout.ts'
import type { Checkout } from './checkout.ts'
import { lockCheckout, selectCheckout } from './checkouts.sql.ts'
import { judge, nextStep, waitOf } from './decision.ts'
import type { ClaimedDecision } from './decision.ts'
import { countOpenOrders, giveBack, moveDecision, storeIntent } from './decisions.sql.ts'
import { insertInstalments } from './instalments.sql.ts'
import { openPayer } from './open-payer.ts'
import { pageAddressOf } from './page-address.ts'
import type { Application, CallTerms, OpenPayer, Payer, PayerAnswer } from './payer.ts'
import { selectSeller } from './sellers.sql.ts'

/** What deciding takes. */
export type DecideParts = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly open: OpenPayer
  readonly log: Log
  /** Told of each answer. */
  readonly onAnswer: (payer: string, asked: string, answer: string) => void
}

/**
 * Takes a claimed decision one step further: asks its payer, outside any transaction, and writes down what follows. Whatever happens to this
 * process, the decision comes back when its claim has run out; an answer that was lost is asked for again under the same reference.
 */
export async function decideCheckout(parts: DecideParts, decision: ClaimedDecision): Promise<void> {
  const step = nextStep(decision)
  if (step === 'park') return park(parts, decision, 'nobody lived to tell what the payer said')
  if (step === 'pay') return payOut(parts, decision)
  const checkout = await selectCheckout(parts.database, decision.checkoutId)
  if (checkout === undefined) throw new Error('A decision has its order.')
  const payer = await openPayer(parts.database, parts.keyRing, parts.open, decision.payerId).catch(
    (error: unknown) => {
      if (error instanceof Failure) return undefined
      throw error
    },
  )
  if (payer === undefined && step === 'withdraw') return notTold(parts, decision)
  if (payer === undefined) return park(parts, decision, 'its payer cannot be asked from here')
  const application = toApplication(checkout, decision, {
    openOrders: await countOpenOrders(parts.database, checkout.id),
    returnUrl: `${pageAddressOf(parts.keyRing, checkout)}&step=back`,
  })
  if (step === 'withdraw') return withdraw(parts, decision, payer, application)
  await ask(parts, decision, payer, application, step)
}

async function ask(
  parts: DecideParts,
  decision: ClaimedDecision,
  payer: Payer,
  application: Application,
  step: 'apply' | 'inquire',
): Promise<void> {
  if (step === 'apply' && !(await storeIntent(parts.database, decision))) return
  await failpoint('checkout.intent-stored')
  const call = step === 'apply' ? payer.apply.bind(payer) : payer.inquire.bind(payer)
  const answer = await answerOf(parts, () => call(application, termsOf(payer, decision)))
  parts.onAnswer(decision.payerCode, step, answer.state)
  await failpoint('checkout.before-note')
  const verdict = judge(step, answer, decision.asks)
  switch (verdict.kind) {
    case 'approve':
      return approve(parts, decision, answer)
    case 'decline':
      return decline(parts, decision, answer)
    case 'apply_again':
      return ask(parts, decision, payer, application, 'apply')
    case 'wait':
      return void (await giveBack(parts.database, decision, {
        afterMs: verdict.afterMs,
        asks: decision.asks + 1,
        detail: 'detail' in answer ? answer.detail.slice(0, 500) : '',
        continueUrl: 'continueUrl' in answer ? answer.continueUrl : undefined,
      }))
  }
}

/** What a payer throws is a defect, and counts as an answer that nobody understood. */
async function answerOf({ log }: DecideParts, call: () => Promise<PayerAnswer>): Promise<PayerAnswer> {
  try {
    return await call()
  } catch (error) {
    log.error({ err: error }, 'a payer threw')
    return { state: 'unknown', detail: 'The payer could not be asked.' }
  }
}

function termsOf({ timeoutMs }: Payer, { claimedUntilMs }: ClaimedDecision): CallTerms {
  return { timeoutMs, mayStillSend: () => performance.now() < claimedUntilMs }
}

/** The order is locked before its decision, here as where it is cancelled: two who wait for each other would both be cut off. */
async function approve(parts: DecideParts, decision: ClaimedDecision, answer: PayerAnswer): Promise<void> {
  const { database, keyRing } = parts
  const payerReference = 'payerReference' in answer ? answer.payerReference : undefined
  const isOurs = await database.inTransaction(async (tx) => {
    await lockCheckout(tx, decision.checkoutId)
    const move = { from: 'waiting', to: 'paying', payerReference, detail: '' } as const
    if (!(await moveDecision(tx, decision, move))) return false
    const changed = await changeStatus(tx, keyRing, decision.checkoutId, { status: 'approved' })
    // The order ended under the payer's hands: the transaction that ended it takes the decision away, too.
    if (changed === undefined) throw new Error('An order that is waited for can be approved.')
    return true
  })
  await failpoint('checkout.approved')
  if (isOurs) await payOut(parts, decision)
}

async function decline(parts: DecideParts, decision: ClaimedDecision, answer: PayerAnswer): Promise<void> {
  const detail = 'detail' in answer ? answer.detail.slice(0, 500) : ''
  await parts.database.inTransaction(async (tx) => {
    await lockCheckout(tx, decision.checkoutId)
    if (!(await moveDecision(tx, decision, { from: 'waiting', to: 'declined', detail }))) return
    const change = { status: 'unsuccessful', endReason: 'declined' } as const
    await changeStatus(tx, parts.keyRing, decision.checkoutId, change)
  })
}

/** Pays the seller, and writes down what is owed for it, in one commit with the order's end. */
async function payOut({ database, keyRing, log }: DecideParts, decision: ClaimedDecision): Promise<void> {
  const isPaid = await database.inTransaction(async (tx) => {
    await lockCheckout(tx, decision.checkoutId)
    if (!(await moveDecision(tx, decision, { from: 'paying', to: 'approved' }))) return false
    const change = { status: 'successful', endReason: 'paid' } as const
    const checkout = await changeStatus(tx, keyRing, decision.checkoutId, change)
    if (checkout === undefined) throw new Error('An order that was approved can be paid out.')
    await book(tx, checkout, decision)
    return true
  })
  if (isPaid) log.info({ checkout: decision.checkoutId, payer: decision.payerCode }, 'a seller was paid')
}

async function book(tx: Tx, checkout: Checkout, decision: ClaimedDecision): Promise<void> {
  const { partnerId, id, sellerId, currency, months, fee } = checkout
  const seller = await selectSeller(tx, partnerId, sellerId)
  if (seller === undefined) throw new Error('An order has its seller.')
  const account = receivableAccount(checkout.chosen === 'pay_later' ? 'lender' : 'bank', currency)
  await bookPayout(tx, {
    partnerId,
    currency,
    account,
    walletId: seller.walletId,
    fee,
    amount: payoutOf(checkout),
    reference: `checkout ${id}`,
    description: `Order ${checkout.reference}`.slice(0, 1e3),
    actor: 'system',
  })
  const instalments = instalmentsOf(
    checkout,
    months === undefined ? 'at_once' : { months },
    decision.agreedOn,
  )
  const numbered = instalments.map((one, place) => ({ ...one, number: place + 1 }))
  await insertInstalments(tx, { partnerId, checkoutId: id, account }, numbered)
}

async function withdraw(
  parts: DecideParts,
  decision: ClaimedDecision,
  payer: Payer,
  application: Application,
): Promise<void> {
  const { database } = parts
  const said =
    payer.withdraw === undefined
      ? ({ state: 'withdrawn' } as const)
      : await payer
          .withdraw(application, termsOf(payer, decision))
          .catch(() => ({ state: 'unknown' }) as const)
  parts.onAnswer(decision.payerCode, 'withdraw', said.state)
  if (said.state === 'withdrawn')
    await database.inTransaction((tx) => moveDecision(tx, decision, { from: 'withdrawing', to: 'withdrawn' }))
  else await notTold(parts, decision)
}

/** It is told until it has heard: what it may have lent would be owed for nothing. */
async function notTold({ database }: DecideParts, decision: ClaimedDecision): Promise<void> {
  await giveBack(database, decision, {
    afterMs: waitOf(decision.asks),
    asks: decision.asks + 1,
    detail: 'The payer was not told yet that nobody wants it any more.',
  })
}

/** Leaves it to a person, who has it looked at again. */
async function park(
  { database, log }: DecideParts,
  decision: ClaimedDecision,
  detail: string,
): Promise<void> {
  await giveBack(database, decision, { afterMs: null, asks: decision.asks, detail, state: 'parked' })
  log.warn({ checkout: decision.checkoutId, detail }, 'an order waits for a person')
}
