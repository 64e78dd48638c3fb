import type { FastifyReply } from 'fastify'
import { askForCode } from '../../../core/holders/ask-for-code.ts'
import type { Gateway } from '../../../core/holders/gateway.ts'
import { findGatewayByKey } from '../../../core/holders/gateway-keys.ts'
import { payByCode } from '../../../core/holders/pay-by-code.ts'
import { findTill } from '../../../core/merchants/find-till.ts'
import { listSpendable } from '../../../core/vouchers/list-spendable.ts'
import { openRenderer } from '../../../platform/templates.ts'
import { Failure } from '../../../values/failure.ts'
import type { Micros } from '../../../values/money.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { readBearer } from '../auth.ts'
import { currency } from '../mapping/amounts.ts'
import { readPhone } from '../mapping/phones.ts'
import { readUssd } from '../mapping/ussd.ts'
import { menuTexts } from '../pages/menu.ts'
import { failureWords } from '../pages/words.ts'
import { UssdForm, UssdQuery } from '../wire/ussd.ts'
import { formBytesMost, readForms } from './forms.ts'

/** What a screen says, and whether the session goes on. */
type Screen = { readonly text: string; readonly goesOn: boolean }

/**
 * POST /ussd  a step in the menu of a telephone company, as gateways tell it: a form with `sessionId`, `phoneNumber` and `text`, all that was
 *             typed so far; the answer is plain text, `CON …` while it goes on and `END …` at its end
 */
export function ussdRoutes(app: DialectApp, services: Services): void {
  const { database, keyRing } = services
  const parts = { database, keyRing, renderer: openRenderer() }
  void app.register(async (menu: DialectApp) => {
    readForms(menu)
    const schema = { hide: true, querystring: UssdQuery, body: UssdForm }
    menu.post(
      '/ussd',
      {
        schema,
        bodyLimit: formBytesMost,
        config: { open: true },
        // Before the body is looked at, as everywhere.
        preValidation: async (request) => void (await findGatewayByKey(database, keyOf(request))),
      },
      async (request, reply) => {
        const gateway = await findGatewayByKey(database, keyOf(request))
        const { body } = request
        return show(reply, await answer(gateway, body).catch((error: unknown) => inWords(gateway, error)))
      },
    )
  })

  async function answer(gateway: Caller, { sessionId, phoneNumber, text = '' }: UssdForm): Promise<Screen> {
    const texts = menuTexts[gateway.locale]
    const phone = readPhone(phoneNumber)
    if (phone === undefined) return end(texts.foreign)
    const step = readUssd(text)
    switch (step.step) {
      case 'start':
        return goOn(texts.start)
      case 'balance': {
        const { worth, count, vouchers } = await listSpendable(database, { phone, currency })
        const ends = vouchers.map(({ endsAt }) => endsAt.getTime() - 1)
        return end(texts.balance(worth, count, ends.length === 0 ? undefined : new Date(Math.min(...ends))))
      }
      case 'ask_till':
        return goOn(texts.askTill)
      case 'ask_amount':
        return goOn(texts.askAmount(await findTill(database, step.till)))
      case 'confirm':
        return goOn(texts.confirm(await affordable(phone, step), step.amount))
      case 'send_code': {
        await affordable(phone, step)
        const payment = { tillNumber: step.till, amount: step.amount, currency }
        const requestKey = JSON.stringify([gateway.id, sessionId, step.till, String(step.amount)])
        const { locale } = gateway
        const asked = {
          purpose: 'ussd',
          phone,
          requestKey,
          address: undefined,
          currency,
          payment,
          locale,
        } as const
        await askForCode(parts, asked)
        return goOn(texts.codeSent)
      }
      case 'ask_code':
        return goOn(texts.askCode)
      case 'pay':
        return end(texts.paid(await payByCode(parts, { phone, code: step.code })))
      case 'declined':
        return end(texts.declined)
      case 'bad_amount':
        return end(texts.badAmount)
      case 'unknown':
        return end(texts.unknown)
    }
  }

  /** The till, where the telephone can pay that much there now. Throws Failure till_not_found, voucher_balance_insufficient. */
  async function affordable(phone: string, payment: { readonly till: string; readonly amount: Micros }) {
    const till = await findTill(database, payment.till)
    const { worth } = await listSpendable(database, { phone, currency, merchant: till.merchant.code })
    if (worth < payment.amount) throw new Failure('voucher_balance_insufficient')
    return till
  }
}

type Caller = Pick<Gateway, 'id' | 'locale'>

/** Gateways that can send no header of their own are given an address with the key in it; it is masked in the API log. */
function keyOf(request: { readonly query: UssdQuery } & Parameters<typeof readBearer>[0]): string {
  const { key } = request.query
  return key ?? readBearer(request)
}

function goOn(text: string): Screen {
  return { text, goesOn: true }
}

function end(text: string): Screen {
  return { text, goesOn: false }
}

/** What went wrong ends the session with a sentence; what nobody expected is a failure of the call. */
function inWords({ locale }: Caller, error: unknown): Screen {
  const words = error instanceof Failure ? failureWords[error.code] : undefined
  if (words === undefined) throw error
  return end(words[locale])
}

function show(reply: FastifyReply, { text, goesOn }: Screen): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(`${goesOn ? 'CON' : 'END'} ${text}`)
}
