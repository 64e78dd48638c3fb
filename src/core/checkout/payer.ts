import type { Currency, Micros } from '../../values/money.ts'
import type { Instalment } from './schedule.ts'
import type { PaymentTerms } from './seller.ts'

/**
 * What a payer is asked: to pay a shop's order in the buyer's place. A lender is asked for credit (pay_later) and gets the buyer and the
 * instalments; a bank is asked for a payment at once (pay_now), and gets neither: the buyer identifies himself there.
 */
export type Application = {
  /** Ours, one for an order for ever, a UUID in lower case: every try and every question carries the same. */
  readonly reference: string
  readonly terms: PaymentTerms
  /** Micro-units that the buyer owes before interest. */
  readonly amount: Micros
  readonly currency: Currency
  readonly sellerName: string
  /** The shop's own name for the order. */
  readonly orderReference: string
  /** What the buyer agreed to: a single payment without interest where it is paid at once. */
  readonly instalments: readonly Instalment[]
  readonly buyer:
    | { readonly company: string; readonly email: string; readonly annualTurnover: Micros }
    | undefined
  /** The same buyer's orders on credit that were agreed before and are undecided, or not paid back. */
  readonly openOrders: number
  /** Our page, where the buyer comes back from the payer's own. */
  readonly returnUrl: string
  /** What the buyer said on the simulated bank's page; undefined everywhere else. */
  readonly word: 'approve' | 'decline' | undefined
}

/** What a payer said, in the only shades that matter. `approved` and `declined` are answered for explicit words alone. */
export type PayerAnswer =
  | { readonly state: 'approved'; readonly payerReference?: string | undefined }
  /** It will never pay for this order. The detail is for the operator. */
  | { readonly state: 'declined'; readonly detail: string }
  /** It knows the application and will know its end. Where the buyer must go on at the payer's own page, its address stands here. */
  | { readonly state: 'pending'; readonly detail: string; readonly continueUrl?: string | undefined }
  /** Nobody can tell what happened: no answer, half an answer, an answer that makes no sense. */
  | { readonly state: 'unknown'; readonly detail: string }
  /** To a question only: it does not know our reference, and an application that is still on its way will be taken as the same. */
  | { readonly state: 'not_found'; readonly detail: string }

/** Given to each call: when to stop, and whether it may still be sent. */
export type CallTerms = {
  readonly timeoutMs: number
  /** Asked right before the first byte goes out: false when this process's claim on the order has run out. */
  readonly mayStillSend: () => boolean
}

/**
 * Somebody who pays in the buyer's place. Three things are demanded of everybody, and make an answer that never came harmless:
 *
 * - One reference is one application. The same again is answered as the first, whatever has become of it, and commits to nothing more.
 * - A reference can be asked for at any time.
 * - What was approved is owed to us from then on, unless we withdraw it.
 *
 * No member throws for what a payer may say or a network may do: that is an answer.
 */
export type Payer = {
  /** How long one call may take, in ms. */
  readonly timeoutMs: number
  /** Puts the application to the payer. */
  apply(application: Application, terms: CallTerms): Promise<PayerAnswer>
  /** Asks what has become of it. */
  inquire(application: Application, terms: CallTerms): Promise<PayerAnswer>
  /**
   * Nobody wants the application any more: the order was cancelled or is too old. Idempotent; `unknown`: it is to be told again.
   * Absent: the payer forgets by itself what is never drawn.
   */
  withdraw?(
    application: Application,
    terms: CallTerms,
  ): Promise<{ readonly state: 'withdrawn' } | { readonly state: 'unknown'; readonly detail: string }>
  /**
   * Asks whether an instalment was paid to us. `not_yet` for everything but an explicit yes. Absent: an operator books what came in.
   */
  collect?(
    application: Application,
    instalment: Instalment & { readonly number: number },
    terms: CallTerms,
  ): Promise<{ readonly state: 'paid' | 'not_yet' }>
}

export type PayerKind = 'lender' | 'bank'

/** Settings as they are stored: what `PayerConnector.readSettings` has read. */
export type PayerSettings = Readonly<Record<string, string>>

/** What a payer is opened with. `Http` is the client of platform/http.ts, which a noun cannot name. */
type PayerParts<Http> = {
  readonly http: Http
  readonly environment: 'sandbox' | 'live'
}

/** A way to speak to payers: what a folder under src/payers exports. With settings it becomes one payer. */
export type PayerConnector<Http> = {
  /** The folder's name, which stays: stored accounts carry it. */
  readonly name: string
  readonly kind: PayerKind
  /** A sentence for the operator. */
  readonly description: string
  /** Every setting it has, and a sentence about each for the operator who types it. */
  readonly settings: Readonly<Record<string, string>>
  /** Throws Failure validation_failed, whose fields name each setting that is missing or wrong. */
  readSettings(given: unknown): PayerSettings
  /** Opens the payer; connects to nothing yet. Throws Failure validation_failed where the settings do not do in this environment. */
  open(settings: PayerSettings, parts: PayerParts<Http>): Payer
}

/** Turns an account into somebody who can be asked; undefined where this process has no such connector. */
export type OpenPayer = (connector: string, settings: PayerSettings) => Payer | undefined
