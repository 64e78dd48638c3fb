/** Letters and digits that neither a person nor a bank's form mixes up: no 0, 1, I, O, no vowels that make words. */
export const signs = '23456789BCDFGHJKLMNPQRSTVWXYZ'

const bodyLength = 9
const shape = new RegExp(`^SCR[${signs}]{${bodyLength + 1}}$`)

/** Random signs of a reference: 29⁹ are about 43 bits, which keeps a mistyped one from being another's; it opens nothing by itself. */
export const randomSigns = bodyLength

/** A payment reference, such as "SCR7KQ2M9XWTB": "SCR", nine random signs and a check sign. */
export function toPaymentReference(random: string): string {
  return `SCR${random}${checkSign(random)}`
}

/**
 * The payment references that a transfer's text holds, each once, however it was typed: in lower case, with spaces, dashes or dots inside,
 * between other words. Only those whose check sign is right.
 */
export function findPaymentReferences(text: string): string[] {
  const found = new Set<string>()
  const bare = text.toUpperCase().replaceAll(/[\s./:_-]+/g, '')
  for (let start = bare.indexOf('SCR'); start >= 0; start = bare.indexOf('SCR', start + 1)) {
    const candidate = bare.slice(start, start + 3 + bodyLength + 1)
    if (isPaymentReference(candidate)) found.add(candidate)
  }
  return [...found]
}

export function isPaymentReference(text: string): boolean {
  return shape.test(text) && text.endsWith(checkSign(text.slice(3, -1)))
}

/** Weighted modulo the number of signs, which is a prime: one sign that is wrong, or two neighbours in each other's place, are found. */
function checkSign(body: string): string {
  const sum = body.split('').reduce((total, sign, place) => total + (place + 2) * signs.indexOf(sign), 0)
  return signs[sum % signs.length] ?? ''
}
