import { randomInt } from 'node:crypto'
import type { Identity } from './mapping/envelope.ts'

/**
 * A new name for an answer, and for the order that it makes: 18 digits that begin with the time (yyMMddHHmmss), and 25 random capitals,
 * which are 117 bits.
 */
export function newIdentity(): Identity {
  const at = new Date()
  const seconds = at.toISOString().slice(2, 19).replaceAll(/\D/g, '')
  const letters = Array.from({ length: 25 }, () => String.fromCharCode(65 + randomInt(26)))
  return {
    sysId: seconds + String(randomInt(1_000_000)).padStart(6, '0'),
    sessionUid: `S:${letters.join('')}`,
    at,
  }
}
