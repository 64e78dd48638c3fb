import type { Tx } from '../../platform/database.ts'
import { Failure } from '../../values/failure.ts'
import { announceCatalogueChange } from './announce-catalogue-change.ts'
import { lockCatalogue, selectUnknownCodes } from './catalogue-writes.sql.ts'
import { insertChangedRates } from './price-writes.sql.ts'
import { pairOf } from './rates.ts'
import type { GivenRate } from './rates.ts'

/**
 * Puts exchange rates in force from now on. The old ones stay in the table; a rate that is in force already is not stored again.
 * Processes are told if anything changed. Throws Failure validation_failed for an unknown currency, a pair that stands there twice or
 * consists of one currency, and a rate that is not positive or needs over 10 digits before its point; nothing is stored then.
 *
 * @returns how many rates were stored, and how many were in force already
 */
export async function storeRates(
  tx: Tx,
  rates: readonly GivenRate[],
): Promise<{ stored: number; unchanged: number }> {
  refuse(rates.flatMap(findProblem))
  refuse(findRepeated(rates))
  await lockCatalogue(tx)
  const unknown = await selectUnknownCodes(tx, 'currency', [
    ...new Set(rates.flatMap(({ base, quote }) => [base, quote])),
  ])
  refuse(unknown.map((code) => `The currency "${code}" does not exist.`))
  const stored = await insertChangedRates(tx, rates)
  if (stored > 0) await announceCatalogueChange(tx)
  return { stored, unchanged: rates.length - stored }
}

function findProblem({ base, quote, rate, source }: GivenRate): string[] {
  if (base === quote) return [`A rate from ${base} to itself is always one and is not stored.`]
  if (rate <= 0n || rate >= rateTooLarge)
    return [`The rate from ${base} to ${quote} must be positive and below 10,000,000,000.`]
  return source.trim() === '' || source.length > 100
    ? [`The rate from ${base} to ${quote} needs a source of at most 100 characters.`]
    : []
}

function findRepeated(rates: readonly GivenRate[]): string[] {
  const pairs = Map.groupBy(rates, pairOf)
  return [...pairs].flatMap(([pair, same]) =>
    same.length > 1 ? [`The rate for ${pair} stands there ${same.length} times.`] : [],
  )
}

function refuse(sentences: readonly string[]): void {
  const [first] = sentences
  if (first === undefined) return
  const fields = sentences.slice(0, problemsMost).map((sentence) => ({ field: 'rates', sentence }))
  throw new Failure('validation_failed', { sentence: first, fields })
}

/** numeric(20, 10). */
const rateTooLarge = 10n ** 20n
const problemsMost = 50
