import type { EndpointId, PartnerId } from '../../values/ids.ts'

/** That an endpoint was disabled by us, told to its partner. */
export type DisabledNotice = {
  readonly partnerId: PartnerId
  readonly template: 'webhook_disabled'
  readonly facts: {
    readonly endpointId: EndpointId
    readonly url: string
    /** A sentence. */
    readonly reason: string
    /** Tries in a row that failed. */
    readonly failures: number
  }
}
