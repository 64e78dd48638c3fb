import type { Micros } from '../../../values/money.ts'
import { readAmount } from './amounts.ts'

/** Where somebody is in the menu. */
export type UssdStep =
  | { readonly step: 'start' | 'balance' | 'ask_till' | 'ask_code' | 'declined' | 'unknown' | 'bad_amount' }
  | { readonly step: 'ask_amount'; readonly till: string }
  | {
      readonly step: 'confirm' | 'send_code'
      readonly till: string
      readonly amount: Micros
    }
  | { readonly step: 'pay'; readonly code: string }

/**
 * Reads all that was typed in a session ("2*123456*70*1"): what was typed is the whole of its state, so that every server can answer every
 * step, and a step that comes again is the same.
 *
 * ```
 * 1                        what there is to spend
 * 2*till*amount*1*code     a payment; after the 1 the code is sent
 * 3*code                   the code of a payment, in a session of its own
 * ```
 */
export function readUssd(text: string): UssdStep {
  if (text === '') return { step: 'start' }
  const [choice, ...typed] = text.split('*').map((part) => part.trim())
  if (choice === '1' && typed.length === 0) return { step: 'balance' }
  if (choice === '2') return readPayment(typed)
  if (choice === '3' && typed.length <= 1) return codeStep(typed[0])
  return { step: 'unknown' }
}

function readPayment([till, amountText, answer, code, ...rest]: readonly string[]): UssdStep {
  if (till === undefined) return { step: 'ask_till' }
  if (amountText === undefined) return { step: 'ask_amount', till }
  const amount = readTypedAmount(amountText)
  if (amount === undefined) return { step: 'bad_amount' }
  if (answer === undefined) return { step: 'confirm', till, amount }
  if (answer === '2') return { step: 'declined' }
  if (answer !== '1' || rest.length > 0) return { step: 'unknown' }
  return code === undefined ? { step: 'send_code', till, amount } : codeStep(code)
}

function codeStep(code: string | undefined): UssdStep {
  return code === undefined ? { step: 'ask_code' } : { step: 'pay', code }
}

/** Shillings as people type them: "70", "70.5", "1,000". */
export function readTypedAmount(text: string): Micros | undefined {
  const digits = text.replaceAll(/[\s,]/g, '')
  return /^\d{1,9}(\.\d{1,2})?$/.test(digits) ? readAmount(digits) : undefined
}
