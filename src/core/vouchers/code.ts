/**
 * A voucher's code: ten random characters, 50 bits, and a check character. There is no 0, O, 1 or I in it, so nothing looks like anything
 * else, and it may be dictated: small letters, spaces and dashes make no difference.
 */
export const codeAlphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** Random characters of a code; each is worth five bits. */
export const codeRandomCharacters = 10

/** The random characters with their check character behind them. */
export function withCheckCharacter(random: string): string {
  return random + checkCharacterOf(random)
}

/** A code as it is stored and hashed; undefined for what cannot be one: a slip of one character, or two in each other's place, is always noticed. */
export function parseCode(text: string): string | undefined {
  const code = text.replaceAll(/[\s-]/g, '').toUpperCase()
  if (code.length !== codeRandomCharacters + 1) return undefined
  for (const character of code) if (!codeAlphabet.includes(character)) return undefined
  return withCheckCharacter(code.slice(0, codeRandomCharacters)) === code ? code : undefined
}

/** What stands for a code where it must not be read. */
export const maskedCode = '*'.repeat(codeRandomCharacters + 1)

/** A letter and seven digits: the running number, shuffled, so that codes do not tell how many there are. Unique up to 260 million. */
export function transactionCode(number: bigint): string {
  const place = (number * shuffle) % transactionCodes
  const letter = String.fromCodePoint(65 + Number(place / 10_000_000n))
  return letter + String(place % 10_000_000n).padStart(7, '0')
}

/**
 * The sum of the characters, each times another power of a generator of GF(32): no two places weigh the same, so that one wrong character
 * or two exchanged ones change it.
 */
function checkCharacterOf(random: string): string {
  let sum = 0
  let weight = 1
  for (const character of random) {
    weight = multiply(weight, 2)
    sum ^= multiply(weight, codeAlphabet.indexOf(character))
  }
  return codeAlphabet[sum] ?? ''
}

/** In GF(32) modulo x⁵ + x² + 1. */
function multiply(a: number, b: number): number {
  let product = 0
  for (let bit = 0; bit < 5; bit += 1) if ((b >> bit) & 1) product ^= a << bit
  for (let bit = 8; bit >= 5; bit -= 1) if ((product >> bit) & 1) product ^= 0b100101 << (bit - 5)
  return product
}

const transactionCodes = 260_000_000n
/** Shares no factor with the number of codes. */
const shuffle = 161_803_399n
