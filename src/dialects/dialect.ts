import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { LiveCatalogue } from '../core/catalogue/catalogue.ts'
import type { CatalogueInput } from '../core/catalogue/input.ts'
import type { ReportWriter } from '../core/exports/writer.ts'
import type { SupplierBook } from '../core/fulfilment/book.ts'
import type { KeyRing } from '../core/keys/ring.ts'
import type { OrderDesk, OrderNews } from '../core/orders/desk.ts'
import type { Caller, Callers } from '../core/partners/partner.ts'
import type { AddressRules } from '../core/webhooks/webhook.ts'
import type { WebhookWriter } from '../core/webhooks/writer.ts'
import type { Database } from '../platform/database.ts'
import type { Failure } from '../values/failure.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls: set by the mount before a dialect's handler runs. */
    caller: Caller
  }
}

/** A fastify scope whose schemas are TypeBox: what a schema says is what the handler receives. */
export type DialectApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What the core offers to routes and auth. */
export type Services = {
  readonly database: Database
  readonly keyRing: KeyRing
  readonly catalogue: LiveCatalogue
  readonly orders: OrderDesk
  readonly orderNews: OrderNews
  /** How long an answer may wait for a supplier, in ms; 0: not at all. */
  readonly patienceMs: number
  readonly callers: Callers
  /** Who can be asked how an eSIM is doing, or whether an account exists. */
  readonly suppliers: SupplierBook
  readonly environment: 'sandbox' | 'live'
  /** What is allowed of an address that a request brings along to be told of what becomes of it. */
  readonly callbackRules: AddressRules
  /** Every wire format of this server, for whoever manages its keys and endpoints. */
  readonly formats: readonly Format[]
  /** Reads a catalogue out of the text of a file, by the name that people know it by. Throws Failure invalid_file. */
  readonly parseCatalogue: (name: string, text: string) => CatalogueInput
  /** How clients reach this server from outside, without a slash at its end: what links begin with, whoever asks and by what name. */
  readonly publicUrl: string
}

/** What there is to know of a wire format for whoever makes keys of it and endpoints that are told in its words. */
export type Format = Pick<
  Dialect,
  | 'name'
  | 'title'
  | 'mountPath'
  | 'signsWithToken'
  | 'keyPairs'
  | 'encryptsTokens'
  | 'tokenPrefixes'
  | 'paysOut'
> & {
  /** Undefined: it has no webhooks. */
  readonly events: Pick<WebhookWriter, 'eventTypes' | 'vendorNames'> | undefined
}

/** How a failure looks on the wire. */
export type ErrorReply = {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * One vendor's wire format over the one core. A dialect turns the vendor's credential into a caller, its requests into the core's
 * commands and the core's answers into its replies; it decides nothing about money, stock or prices. The mount gives every
 * dialect the same floor: request ids, body limits, exact JSON numbers, the API log, rate limits, and its own error envelope for
 * whatever goes wrong below its path, unknown routes included.
 */
export type Dialect = {
  /** Also its folder, its name in SCRIP_HOSTS and in the `dialect` columns. */
  readonly name: string
  readonly title: string
  /** Shown above its API reference, in Markdown. */
  readonly description: string
  /** Where its paths begin: "/giftapi/v1/partner". */
  readonly mountPath: string
  /** Names of JSON fields, in requests and replies, whose values never reach the API log, at any depth. */
  readonly maskedFields: readonly string[]
  /** Whether what is signed for its clients is signed with their token, which is kept sealed for that; absent: it is not. */
  readonly signsWithToken?: true
  /** Whether its clients sign with a private RSA key instead of a shared secret; absent: they do not. */
  readonly keyPairs?: true
  /** Whether its tokens are shown encrypted, under a user name; absent: they are not. */
  readonly encryptsTokens?: true
  /** Whether every answer tells what the caller may still call, where nothing is limited too; absent: only where something was counted. */
  readonly tellsLimits?: true
  /** Whether its keys can ask for money to be paid out: who may not do so themself makes none. Absent: they cannot. */
  readonly paysOut?: true
  /** What its tokens begin with, by environment; absent: as those of all. */
  readonly tokenPrefixes?: { readonly sandbox: string; readonly live: string }
  /** OpenAPI security schemes by name. */
  readonly securitySchemes: Readonly<Record<string, object>>
  /**
   * Finds the caller behind a request's credentials, at once where it is remembered, or throws the Failure that says why not. Runs
   * before validation. Undefined: a person whom the dialect knows by itself; there is no `request.caller`, and no partner's limit counts.
   */
  authenticate(request: FastifyRequest, services: Services): Caller | undefined | Promise<Caller | undefined>
  /**
   * Registers its routes; paths are relative to the mount. `config: { open: true }` marks a route that needs no credential, and
   * `bodyLimit` one that takes more than 1 MiB. What a handler throws becomes `errorReply`; a body that it has serialised itself
   * (text or bytes with a type) is sent as it is, and only the call, not that body, stands in the API log.
   */
  routes(app: DialectApp, services: Services): void
  /** Registers pages at the root of a sandbox's server, at which somebody tries the dialect in the demo world; absent: there are none. */
  demoPages?(app: FastifyInstance, services: Services): void
  /**
   * A path below the mount in the dialect's own spelling, where its clients may spell it in several ways; absent: a path is what it
   * says. Asked before a route is looked for, with the path alone.
   */
  spellPath?(path: string): string
  /** Total over the catalogue of failures. */
  errorReply(failure: Failure): ErrorReply
  /** How it writes reports that a client asked for as files; absent: none can be asked for. */
  readonly reports?: ReportWriter<Database>
  /** How it tells events; absent: the vendor has no webhooks. */
  readonly events?: WebhookWriter
}
