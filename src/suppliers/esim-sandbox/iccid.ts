import { createHmac } from 'node:crypto'

/** The number of the eSIM that a purchase brings at a position: 19 digits, the last of them Luhn's check digit (ITU-T E.118). */
export function makeIccid(reference: string, position: number): string {
  const number = BigInt(`0x${draw(`iccid/${reference}/${position}`).toString('hex')}`) % 10n ** 14n
  const digits = issuer + number.toString().padStart(14, '0')
  return digits + checkDigitOf(digits)
}

/** The activation code of the eSIM (GSMA SGP.22). */
export function makeLpa(reference: string, position: number): string {
  const signs = [...draw(`matching/${reference}/${position}`)].slice(0, 20)
  const matchingId = signs.map((byte) => clear.charAt(byte % clear.length)).join('')
  return `LPA:1$smdp.sandbox.example$${matchingId.replaceAll(/.{5}(?=.)/g, '$&-')}`
}

/** Whether a number may have been made here: no memory says which ones were. */
export function isOwnIccid(iccid: string): boolean {
  return (
    /^\d{19}$/.test(iccid) && iccid.startsWith(issuer) && checkDigitOf(iccid.slice(0, -1)) === iccid.at(-1)
  )
}

/** A number from 0 to below 1 that looks random and is the same at each call. */
export function shareOf(purpose: string): number {
  return draw(purpose).readUInt32BE() / 2 ** 32
}

/** Telecommunications, Great Britain. */
const issuer = '8944'

/** Without letters and digits that look alike: 32 of them, so that each byte is as good as any other. */
const clear = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** The digit that makes the sum of all digits, every second one from it doubled, a multiple of ten. */
function checkDigitOf(digits: string): string {
  const fromTheRight = Array.from(digits, Number).toReversed()
  const sum = fromTheRight.reduce((total, digit, place) => {
    const value = digit * (place % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/** 32 bytes that look random. The key is no secret: nothing that is made here has a value. */
function draw(purpose: string): Buffer {
  return createHmac('sha256', 'scrip esim sandbox').update(purpose).digest()
}
