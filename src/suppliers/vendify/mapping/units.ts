import type { Goods, SupplierAnswer } from '../../../core/fulfilment/supplier.ts'
import type { Currency, Micros } from '../../../values/money.ts'

/**
 * What the answers about the units of one purchase come to together. One that is open keeps all of them open; what ended badly beside what was
 * delivered means a part.
 *
 * @param mayStillCome whether a unit that was refused may yet be delivered by an earlier try that had no answer
 */
export function joinUnits(answers: readonly SupplierAnswer[], mayStillCome: boolean): SupplierAnswer {
  const delivered = answers.filter((answer) => answer.state === 'delivered')
  const open =
    answers.find(({ state }) => state === 'unknown') ?? answers.find(({ state }) => state === 'busy')
  if (open !== undefined && answers.length === 1) return open
  // A unit that was not taken is sent again together with the others, which are answered from their first orders.
  if (open !== undefined) return { state: 'unknown', detail: 'detail' in open ? open.detail : '' }
  const waiting = answers.find(({ state }) => state === 'pending')
  if (waiting !== undefined) return waiting
  const lost = answers.find(({ state }) => state === 'not_found')
  if (lost !== undefined) return lost
  const refused = answers.find(({ state }) => state === 'refused')
  if (delivered.length === 0) return refused ?? { state: 'unknown', detail: 'Nothing was answered.' }
  if (refused !== undefined && mayStillCome)
    return { state: 'unknown', detail: 'A part was refused, and an earlier try may still arrive.' }
  return together(delivered)
}

type Delivered = Extract<SupplierAnswer, { readonly state: 'delivered' }>

function together(answers: readonly Delivered[]): SupplierAnswer {
  const goods = answers.flatMap((answer) => answer.goods)
  if (hasRepeats(goods)) return { state: 'unknown', detail: 'The same code was delivered twice.' }
  return {
    state: 'delivered',
    goods,
    cost: sumOf(answers),
    supplierReference: answers[0]?.supplierReference,
  }
}

function sumOf(answers: readonly Delivered[]): { amount: Micros; currency: Currency } | undefined {
  const [first] = answers
  if (first?.cost === undefined) return undefined
  return {
    amount: answers.reduce((sum, { cost }) => sum + (cost?.amount ?? 0n), 0n),
    currency: first.cost.currency,
  }
}

function hasRepeats(goods: readonly Goods[]): boolean {
  const secrets = goods.flatMap((one) => {
    if (one.kind === 'code') return [JSON.stringify([one.code, one.pin, one.serial])]
    return one.kind === 'esim' ? [one.iccid] : []
  })
  return new Set(secrets).size < secrets.length
}
