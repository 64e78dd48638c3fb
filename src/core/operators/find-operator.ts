import { findCarrier, parsePhoneNumber } from '../../platform/phone-numbers.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { listOperators, matchOperator } from './operator.ts'
import type { Operator } from './operator.ts'

/** What a phone number tells of its operator. */
export type FoundOperator = {
  /** Undefined where the catalogue sells nobody of the carrier's name. */
  readonly operator: Operator | undefined
  /** To whom the number's range was given; undefined where that is not published. */
  readonly carrier: string | undefined
  /** ISO 3166 alpha-2; undefined where several share the calling code and the digits do not settle which. */
  readonly country: string | undefined
}

/**
 * Finds the operator of the catalogue to which a number's prefix belongs, without asking anybody. Its owner may have carried the number over
 * to another operator: the answer is good for a choice that nobody made, and no reason to refuse one that somebody did.
 *
 * @param phone E.164, with or without its plus; undefined is answered for what is no number of any country
 */
export async function findOperator(catalogue: Catalogue, phone: string): Promise<FoundOperator | undefined> {
  const number = parsePhoneNumber(phone)
  if (number === undefined) return undefined
  const { country } = number
  const carrier = await findCarrier(phone)
  const operator =
    carrier === undefined || country === undefined
      ? undefined
      : matchOperator(listOperators(catalogue), country, carrier, wordsFor(catalogue, country))
  return { operator, carrier, country }
}

/** What a country is called; the United Kingdom's operators add "UK", which is no code of it. */
function wordsFor(catalogue: Catalogue, country: string): string[] {
  const facts = catalogue.countries.find(({ code }) => code === country)
  return [country, facts?.code3 ?? '', facts?.names.en ?? '', ...(country === 'GB' ? ['UK'] : [])]
}
