import { createGateway } from '../src/core/holders/gateway-keys.ts'
import type { Database } from '../src/platform/database.ts'
import type { Locale } from '../src/values/locale.ts'

/** A gateway of a telephone company, as its own program would call. */
export type UssdGateway = {
  readonly id: string
  readonly key: string
  /** A step of a session; all that was typed so far. */
  step(
    baseUrl: string,
    step: { readonly session: string; readonly phone: string; readonly text: string },
  ): Promise<string>
}

export async function ussdGateway(database: Database, locale: Locale = 'en'): Promise<UssdGateway> {
  const order = { name: 'Mobile network', locale, actor: 'test' }
  const { id, token } = await database.inTransaction((tx) => createGateway(tx, order))
  return {
    id,
    key: token,
    async step(baseUrl, { session, phone, text }) {
      const form = {
        sessionId: session,
        serviceCode: '*384#',
        networkCode: '63902',
        phoneNumber: phone,
        text,
      }
      const answer = await fetch(`${baseUrl}/giftpesa/ussd?key=${token}`, {
        method: 'POST',
        body: new URLSearchParams(form),
      })
      return `${answer.status === 200 ? '' : `${answer.status} `}${await answer.text()}`
    },
  }
}
