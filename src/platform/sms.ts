import type { OutgoingMessage, SendResult } from '../values/outgoing-message.ts'
import { HttpTrouble, openHttpClient } from './http.ts'

/** A gateway for short messages, reached by HTTP; `docs/operating.md` has the contract. */
export type SmsSettings = { readonly url: string; readonly token: string | undefined }

export type SmsSender = {
  /** Never throws; ends within `timeoutMs`. */
  send(message: OutgoingMessage): Promise<SendResult>
  close(): Promise<void>
}

/**
 * Hands short messages to a gateway: POST of {to, text, reference} with the token as bearer. 2xx: taken over; 4xx: never will be, except
 * those that speak of the moment; all else is tried again under the same reference.
 *
 * @param timeoutMs for one call, from its start to the last byte of its answer
 */
export function openSmsSender({ url, token }: SmsSettings, timeoutMs = 30_000): SmsSender {
  // The gateway is named by the operator's own settings, and an adapter may well run beside us.
  const client = openHttpClient({ allowLoopback: true, connectionsPerHost: 8 })
  const authorization = token === undefined ? undefined : { authorization: `Bearer ${token}` }
  return {
    async send({ to, text, messageId }) {
      try {
        const { status } = await client.send({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/json', ...authorization },
          body: JSON.stringify({ to, text, reference: messageId }),
          timeoutMs,
          bytesMost: 65_536,
        })
        return { outcome: outcomeOf(status), detail: `The gateway answered ${status}.` }
      } catch (error) {
        const detail = error instanceof HttpTrouble ? error.message : 'The gateway could not be called.'
        return { outcome: 'unclear', detail }
      }
    },
    close: () => client.close(),
  }
}

function outcomeOf(status: number): SendResult['outcome'] {
  if (status >= 200 && status < 300) return 'sent'
  return status >= 400 && status < 500 && !momentary.has(status) ? 'refused' : 'unclear'
}

/** Of the 4xx: the credential or the rate is wrong, not the message. */
const momentary: ReadonlySet<number> = new Set([401, 403, 408, 425, 429])
