import type { Currency, Micros } from '../../values/money.ts'

/** What we ask a supplier for: one item of an order. */
export type Purchase = {
  /**
   * Ours, one for an item for ever, a UUID in lower case: every try and every question carries the same. Whoever recognises it cannot
   * be made to deliver twice.
   */
  readonly reference: string
  /** The supplier's own name for what is bought. */
  readonly productCode: string
  readonly quantity: number
  /** Micro-units of the face value of one unit, in `currency`; of an open denomination it says how much is wanted. */
  readonly faceValue: Micros
  readonly currency: Currency
  /** Whether `faceValue` is the buyer's choice rather than the product's own. */
  readonly isOpenAmount: boolean
  /** Who receives it: what the product's fields asked for ("phone", "account", "iccid"), as the buyer wrote it. */
  readonly recipient: Readonly<Record<string, string>>
  /** When the first try went out, in ms since 1970, by the database's clock. */
  readonly firstSentAtMs: number
  /** When this try or question was begun, by the same clock: whether enough time has passed is told by these two, never by a process's own clock. */
  readonly askedAtMs: number
  /** Tries so far to this supplier, this one included. */
  readonly tries: number
}

/** One unit of what a supplier delivered. */
export type Goods =
  | {
      readonly kind: 'code'
      readonly code: string
      readonly pin?: string | undefined
      readonly serial?: string | undefined
      readonly url?: string | undefined
      /** A calendar day, "2027-01-15"; absent: it does not expire. */
      readonly expiresOn?: string | undefined
    }
  /** `lpa` is the activation code of GSMA SGP.22: "LPA:1$smdp.example.com$MATCHING-ID". */
  | { readonly kind: 'esim'; readonly iccid: string; readonly lpa: string }
  /** Something happened at the recipient's account, and this tells of it: no secret. */
  | {
      readonly kind: 'receipt'
      readonly status: string
      readonly message: string
      readonly operatorReference?: string | undefined
      readonly iccid?: string | undefined
    }

/** Why a supplier will never deliver this. */
export type RefusalReason =
  | 'invalid_recipient'
  | 'operator_unavailable'
  | 'product_unavailable'
  | 'out_of_stock'
  | 'price_changed'
  | 'insufficient_funds_at_supplier'
  | 'limit_exceeded'
  | 'not_renewable'
  | 'rejected'

/**
 * What a supplier said, in the only shades that matter. A connector answers `delivered` and `refused` for explicit words of its
 * supplier alone; everything else is one of the others, and the core decides what follows. `delivered` and `refused` speak of the
 * purchase as the supplier knows it now: an earlier try that had no answer may still reach it, within `settleWindowMs`.
 */
export type SupplierAnswer =
  | {
      readonly state: 'delivered'
      /** Fewer than asked for: the rest will never come. Never empty. */
      readonly goods: readonly Goods[]
      /** What all of it costs us, where the supplier tells. */
      readonly cost?: { readonly amount: Micros; readonly currency: Currency } | undefined
      readonly supplierReference?: string | undefined
    }
  | { readonly state: 'refused'; readonly reason: RefusalReason; readonly detail: string }
  /** It was accepted and is being worked on: the supplier knows it and will know its end. */
  | { readonly state: 'pending'; readonly detail: string; readonly supplierReference?: string | undefined }
  /**
   * To a purchase only: this request was certainly not accepted, and the same may be sent again, not before `retryAfterMs` from now. It
   * is no refusal, and it says nothing about earlier tries. Whatever leaves a doubt is `unknown`.
   */
  | { readonly state: 'busy'; readonly detail: string; readonly retryAfterMs?: number | undefined }
  /** Nobody can tell what happened: no answer, half an answer, an answer that makes no sense. */
  | { readonly state: 'unknown'; readonly detail: string }
  /** To a question only: the supplier does not know our reference, now. */
  | { readonly state: 'not_found'; readonly detail: string }
  /**
   * To a question only: it was delivered, and taken back since. A supplier that does not tell the two apart answers `refused`, which
   * means the same of a purchase that was delivered to us.
   */
  | { readonly state: 'reversed'; readonly detail: string }

/** What a supplier recognises, which decides what may be done about an answer that never came. */
export type SupplierProfile = {
  /** A purchase that is sent twice under one reference is bought once, for as long as we may ask. */
  readonly dedupsByReference: boolean
  /** It can be asked what became of a reference; then `inquire` is there. */
  readonly statusByReference: boolean
  /** How long after a purchase was sent the supplier may still come to know of it, in ms: until then "not found" proves nothing. */
  readonly settleWindowMs: number
  /** How long one call may take, in ms. */
  readonly timeoutMs: number
  /** Its list names some of what it sells, and nothing is gone for not being there. Absent: its list is all that it sells. */
  readonly sellsUnlisted?: true
}

/** What one product of a supplier's list says. */
export type SupplierProduct = {
  readonly productCode: string
  readonly name: string
  /** Micro-units for one unit of a fixed product; undefined where the price depends on the amount. */
  readonly cost: Micros | undefined
  /** Cost of one unit of face value, as an exact decimal ("0.965"), of a product with an open amount. */
  readonly costRate: string | undefined
  /** What it is paid in, which need not be the currency of the face value. */
  readonly currency: Currency
  /** How many can be bought now; undefined: nobody counts. */
  readonly stock: number | undefined
}

/** How an eSIM is doing. */
export type EsimStatus = {
  readonly status: 'Released' | 'Installed' | 'Active' | 'Depleted' | 'Expired'
  readonly canRenew: boolean
  readonly packages: readonly {
    readonly id: string
    readonly name: string
    readonly totalBytes: bigint
    readonly remainingBytes: bigint
    readonly activatedAt: Date | undefined
    readonly expiresAt: Date | undefined
    readonly status: 'waiting' | 'active' | 'depleted' | 'expired'
  }[]
  readonly coverage: readonly {
    readonly countryName: string
    readonly countryCode: string
    readonly networkName: string
  }[]
}

/** An eSIM as we know it: who asks for its status says what was put on it and when. */
export type EsimInQuestion = {
  readonly iccid: string
  readonly supplierReference: string | undefined
  readonly packages: readonly {
    /** The reference of the purchase that brought it. */
    readonly reference: string
    readonly productCode: string
    readonly name: string
    readonly dataBytes: bigint
    readonly validityDays: number
    readonly boughtAt: Date
  }[]
  /** ISO 3166 alpha-2. */
  readonly coverage: readonly string[]
}

/** Given to each call: when to stop, and whether it may still be sent. */
export type CallTerms = {
  readonly timeoutMs: number
  /** Asked right before the first byte goes out: false when this process's claim on the item has run out. */
  readonly mayStillSend: () => boolean
}

/**
 * Somebody we buy from. What it can do is what it has: an ability that is absent is an absent property. No member throws for what a
 * supplier may say or a network may do: that is an answer; what is thrown is a defect, and counts as an answer nobody understood.
 * `listProducts` and `balance` move nothing and have no answer for trouble: they throw Failure unavailable.
 */
export type Supplier = {
  readonly profile: SupplierProfile
  /** Asks for delivery. */
  buy(purchase: Purchase, terms: CallTerms): Promise<SupplierAnswer>
  /** Asks what became of a purchase. There exactly when `profile.statusByReference`. */
  inquire?(purchase: Purchase, terms: CallTerms): Promise<SupplierAnswer>
  /** Whether a recipient's account exists, before anything is bought; the holder's name where the supplier tells. */
  validate?(
    account: { readonly productCode: string; readonly recipient: Readonly<Record<string, string>> },
    terms: CallTerms,
  ): Promise<
    | { readonly state: 'valid'; readonly name: string | undefined }
    | { readonly state: 'invalid'; readonly detail: string }
    | { readonly state: 'unknown'; readonly detail: string }
  >
  /** Its list of products, a page after the other; the first page is asked for without a cursor. */
  listProducts?(
    cursor: string | undefined,
    terms: CallTerms,
  ): Promise<{ readonly products: readonly SupplierProduct[]; readonly nextCursor: string | undefined }>
  /** What we have left there. Micro-units. */
  balance?(terms: CallTerms): Promise<{ readonly amount: Micros; readonly currency: Currency }>
  /** Puts another package on an eSIM; `purchase.recipient.iccid` names it. */
  topUpEsim?(purchase: Purchase, terms: CallTerms): Promise<SupplierAnswer>
  /** Undefined when the supplier cannot tell, or cannot be asked now. */
  esimStatus?(esim: EsimInQuestion, terms: CallTerms): Promise<EsimStatus | undefined>
  /**
   * Reads what the supplier sent to us by itself: which reference it is about. The item is then asked for, so the message itself needs
   * no trust; undefined when the message is not authentic or not about a purchase.
   */
  readNotice?(notice: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly nowMs: number
  }): { readonly reference: string } | undefined
}

/** One thing that the operator says about an account with a supplier. */
export type ConnectorSetting = {
  readonly name: string
  /** A sentence for the operator, who types the value. */
  readonly description: string
}

/** Settings as they are stored: what `Connector.readSettings` has read. */
export type ConnectorSettings = Readonly<Record<string, string>>

/** What a supplier is opened with. `Http` is the client of platform/http.ts, which a noun cannot name. */
export type ConnectorParts<Http> = {
  readonly http: Http
  readonly environment: 'sandbox' | 'live'
  /** How long a simulated supplier takes for what it does not do at once. */
  readonly sandboxDelayMs: number
  /** Milliseconds since 1970; the system's clock unless a test brings its own. */
  readonly now?: (() => number) | undefined
}

/** A wire format in which we buy: what the folder of a supplier exports. With settings it becomes one account with one supplier. */
export type Connector<Http> = {
  /** The folder's name, which stays: stored accounts carry it. */
  readonly name: string
  readonly title: string
  /** A sentence for the operator. */
  readonly description: string
  /** Every setting it has, in the order in which one would be asked for them. */
  readonly settings: readonly ConnectorSetting[]
  /** Names of the settings that are shown to nobody. */
  readonly secretSettings: readonly string[]
  /**
   * Reads settings that an operator typed as JSON; those that it does not know are left out. Throws Failure validation_failed, whose
   * fields name each setting that is missing or wrong.
   */
  readSettings(given: unknown): ConnectorSettings
  /**
   * Opens the supplier; connects to nothing yet. Throws Failure validation_failed where the settings do not do, by themselves or in
   * this environment.
   */
  open(settings: ConnectorSettings, parts: ConnectorParts<Http>): Supplier
}
