import { exactNumber } from '../../../values/json.ts'
import type { RawNumber } from '../../../values/json.ts'
import { moneyScale, rateScale } from '../../../values/money.ts'
import { printDecimal } from '../../../values/decimal.ts'
import type { Micros } from '../../../values/money.ts'
import type { Envelope } from '../wire/envelope.ts'

/** What an answer is called: see identity.ts. */
export type Identity = { readonly sysId: string; readonly sessionUid: string; readonly at: Date }

/** A good answer around its response. */
export function toSuccess<Response>(identity: Identity, response: Response): Envelope<'PROCESSED', Response> {
  return { ...toHead(identity, 200), requestStatus: 'PROCESSED', message: 'REQUEST OK', response }
}

/** The same around a response that is JSON already. */
export function toSuccessBytes(identity: Identity, response: Buffer): Buffer {
  const text = JSON.stringify(toSuccess(identity, null))
  return Buffer.concat([Buffer.from(text.slice(0, -'null}'.length)), response, closing])
}

const closing = Buffer.from('}')

export function toFailed(
  identity: Identity,
  status: number,
  message: string,
  response: { readonly errorCode: string; readonly fields: Readonly<Record<string, string>> },
): Envelope<'FAILED', typeof response> {
  return { ...toHead(identity, status), requestStatus: 'FAILED', message, response }
}

function toHead({ sysId, sessionUid, at }: Identity, status: number) {
  return {
    authenticated: status !== 401,
    sysDate: at.toISOString(),
    sysErr: status,
    sysId: exactNumber(sysId),
    sessionUid,
  }
}

/** An amount as a JSON number of exactly its digits. */
export function toAmount(amount: Micros): RawNumber {
  return exactNumber(printDecimal(amount, moneyScale))
}

/** A rate as a JSON number of ten fraction digits. */
export function toRate(rate: bigint): RawNumber {
  const digits = rate.toString().padStart(rateScale + 1, '0')
  return exactNumber(`${digits.slice(0, -rateScale)}.${digits.slice(-rateScale)}`)
}
