import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { SellerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { selectPayerKind } from './payers.sql.ts'
import { penny } from './schedule.ts'
import type { Seller } from './seller.ts'
import { insertSeller, lockSeller, selectSeller, updateSeller } from './sellers.sql.ts'

export type CreateSeller = Omit<Seller, 'id' | 'currency' | 'createdAt'> & { readonly actor: string }

/** Opens a shop of a partner. Its wallet must be in pounds: schedules and pages are. Throws Failure wallet_not_found, payer_not_found, validation_failed. */
export async function createSeller(tx: Tx, { actor, ...given }: CreateSeller): Promise<SellerId> {
  refuse(given)
  await requirePayers(tx, given)
  const id = newId<SellerId>()
  const made = await insertSeller(tx, { ...given, id })
  if (made === undefined) throw new Failure('wallet_not_found')
  if ((await selectSeller(tx, given.partnerId, id))?.currency !== 'GBP') {
    const sentence = 'The wallet of a shop must be in pounds (GBP).'
    throw new Failure('validation_failed', { fields: [{ field: 'wallet', sentence }] })
  }
  await recordAudit(tx, {
    actor,
    action: 'seller.created',
    partnerId: given.partnerId,
    subject: id,
    details: termsOf(given),
  })
  return id
}

export type ChangeSeller = { readonly [Key in keyof Terms]?: Terms[Key] | undefined } & {
  readonly partnerId: Seller['partnerId']
  readonly id: SellerId
  readonly actor: string
}

/** Changes a shop's terms, those that are given; orders that were made keep theirs. Throws Failure seller_not_found, validation_failed. */
export async function changeSeller(tx: Tx, { actor, ...given }: ChangeSeller): Promise<void> {
  const former = await lockSeller(tx, given.partnerId, given.id)
  if (former === undefined) throw new Failure('seller_not_found')
  const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const seller: Seller = { ...former, ...changes }
  refuse(seller)
  await requirePayers(tx, seller)
  await updateSeller(tx, seller)
  const { partnerId, id: subject } = given
  const details = { from: termsOf(former), to: termsOf(seller) }
  await recordAudit(tx, { actor, action: 'seller.changed', partnerId, subject, details })
}

type Terms = Omit<Seller, 'partnerId' | 'id' | 'walletId' | 'currency' | 'createdAt'>

function termsOf({ name, lenderId, bankId, leastAmount, mostAmount, feePercent, feePayer, rate }: Terms) {
  return { name, lenderId, bankId, leastAmount, mostAmount, feePercent, feePayer, rate }
}

function refuse(given: Terms): void {
  const problems: FieldProblem[] = []
  const complain = (isWrong: boolean, field: string, sentence: string): void => {
    if (isWrong) problems.push({ field, sentence })
  }
  const { name, leastAmount, mostAmount, feePercent, rate, redirectUrl } = given
  const isName = name.trim() !== '' && name.length <= 200 && isStorableJson(name)
  complain(!isName, 'name', 'The name must be 1 to 200 characters of text.')
  const isRange = leastAmount > 0n && mostAmount >= leastAmount && mostAmount <= largestAmountMicros
  const isWhole = leastAmount % penny === 0n && mostAmount % penny === 0n
  complain(!isRange || !isWhole, 'limits', 'The limits must be amounts to the penny, the least first.')
  complain(
    feePercent < 0n || feePercent >= 100_000_000n,
    'fee',
    'The fee must be 0 % or more, and below 100 %.',
  )
  complain(rate < 0n || rate >= 10_000_000_000n, 'rate', 'The rate must be 0 or more, and below 1.')
  complain(!isWebAddress(redirectUrl), 'redirect_url', redirectSentence)
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
}

/** Whether a browser can be sent there: a whole http(s) address without a user name. */
export function isWebAddress(text: string): boolean {
  if (text.length > 2_048 || !isStorableJson(text) || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
}

export const redirectSentence =
  'The redirect URL must be a whole http(s) address such as "https://shop.example/thanks".'

/** A lender is no bank, and a bank no lender: each would be asked what it cannot answer. */
async function requirePayers(
  tx: Tx,
  { lenderId, bankId }: Pick<Seller, 'lenderId' | 'bankId'>,
): Promise<void> {
  for (const [kind, id] of [['lender', lenderId] as const, ['bank', bankId] as const]) {
    if (id === undefined) continue
    const found = await selectPayerKind(tx, id)
    if (found === undefined) throw new Failure('payer_not_found')
    if (found !== kind) {
      const sentence = `The ${kind} of a shop must be a ${kind}, not a ${found}.`
      throw new Failure('validation_failed', { fields: [{ field: kind, sentence }] })
    }
  }
}
