import type { Order } from '../orders/order.ts'

/**
 * What is kept of a receiver's answer: its first KiB, without the codes of the order and other secrets, in case the receiver sends back what it got.
 */
export function keepAnswer(body: string, order: Order | undefined, secrets: readonly string[] = []): string {
  const texts = [...codeTexts(order), ...secrets]
  const longest = Math.max(0, ...texts.map((text) => text.length))
  const masked = texts.reduce((text, secret) => text.replaceAll(secret, '***'), body)
  // A code that the end of a long answer cuts in two is not recognised: it goes with that end.
  const whole = body.length > kept ? masked.slice(0, Math.max(0, masked.length - longest)) : masked
  return Buffer.from(whole.replaceAll('\u0000', '').toWellFormed()).subarray(0, kept).toString('utf8')
}

/** The longest first, since one may stand in another; as they are and as they stand in JSON. */
function codeTexts(order: Order | undefined): string[] {
  const texts = (order?.items ?? []).flatMap((item) =>
    item.codes.flatMap(({ code, pin, serial, url, lpa }) => [
      code,
      pin,
      serial,
      url,
      lpa,
      // An eSIM's activation code also goes out without what stands before it.
      lpa?.split('$').at(-1),
    ]),
  )
  const known = texts.filter((text): text is string => text !== undefined && text.length >= shortest)
  return [
    ...new Set(known.flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])),
  ].toSorted((a, b) => b.length - a.length)
}

const kept = 1_024
/** What is shorter is found in any text. */
const shortest = 4
