import { randomBytes } from 'node:crypto'
import type { NewCode } from '../stock/stock.ts'
import type { StockLot } from './data/stock.ts'

/** Makes a lot's codes from the system's CSPRNG: shaped like the brand's, known to nobody before. `today` is "2026-01-31". */
export function makeCodes(lot: StockLot, today: string): NewCode[] {
  const expiresOn = lot.months === undefined ? undefined : addMonths(today, lot.months)
  return Array.from({ length: lot.count }, () => {
    const code = fill(lot.code)
    return {
      code,
      ...(lot.pin === undefined ? {} : { pin: fill(lot.pin) }),
      ...(lot.serial === undefined ? {} : { serial: fill(lot.serial) }),
      ...(lot.url === undefined ? {} : { url: lot.url.replace('{code}', code) }),
      ...(expiresOn === undefined ? {} : { expiresOn }),
    }
  })
}

const digits = '0123456789'
/** Without letters and digits that look alike: 32 of them, so that each random byte can be used. */
const clear = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

function fill(shape: string): string {
  let text = ''
  for (const sign of shape) text += sign === '?' ? pick(clear) : sign === '#' ? pick(digits) : sign
  return text
}

let pool = Buffer.alloc(0)
let used = 0

/** One sign of an alphabet, each as likely as any other: bytes past the last whole multiple are thrown away. */
function pick(alphabet: string): string {
  const fair = 256 - (256 % alphabet.length)
  for (;;) {
    if (used === pool.length) {
      pool = randomBytes(16_384)
      used = 0
    }
    const byte = pool[used] ?? 0
    used += 1
    if (byte < fair) return alphabet.charAt(byte % alphabet.length)
  }
}

/** The same day of a later month, or its last day where the month is shorter. */
function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10)
}
