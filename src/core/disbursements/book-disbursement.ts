import type { Database, Tx } from '../../platform/database.ts'
import { failpoint } from '../../platform/failpoints.ts'
import { newId } from '../../platform/ids.ts'
import { sha256Hex } from '../../platform/secrets.ts'
import { isDay } from '../../values/day.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { DisbursementId, PartnerId, TransferId, WalletId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { largestAmountMicros } from '../../values/money.ts'
import type { Currency } from '../../values/money.ts'
import { moveVoucherMoney } from '../ledger/move-voucher-money.ts'
import { unknownMerchants } from '../merchants/unknown-merchants.ts'
import { nextTransactionCode } from '../vouchers/next-transaction-code.ts'
import { isPhone } from '../vouchers/voucher.ts'
import { feeOf, lifeDaysMost, recipientsMost } from './disbursement.ts'
import type { Disbursement, NewRecipient } from './disbursement.ts'
import {
  insertDisbursement,
  insertRecipients,
  notifyDue,
  selectByExternalId,
  selectToday,
} from './disbursements.sql.ts'
import { findFees } from './find-fees.ts'

export type BookDisbursement = {
  readonly partnerId: PartnerId
  /** The caller's own key, unique among its disbursements for ever; 1 to 64 characters. */
  readonly externalId: string
  readonly dialect: string
  readonly title: string
  readonly walletId: WalletId
  readonly currency: Currency
  /** "2026-11-26"; today by default. */
  readonly startsOn: string | undefined
  /** The last day; a year after the first by default. */
  readonly endsOn: string | undefined
  /** Whose days these are. */
  readonly timeZone: string
  readonly merchants: readonly string[]
  readonly isExternal: boolean
  readonly isSilent: boolean
  /** Checked already: `callbackProblem`. */
  readonly callbackUrl: string | undefined
  readonly revealsCodes: boolean
  readonly recipients: readonly NewRecipient[]
  /** What was asked for, as text: the same external id with another one is a conflict. */
  readonly requestKey: string
  readonly actor: string
}

/**
 * Pays for vouchers to many telephone numbers: in one transaction their worth and the fee leave the wallet, and all of them are written down.
 * A worker issues them. Idempotent by (partner, external id), for ever: the same request again answers the first disbursement.
 * Throws Failure insufficient_funds, wallet_not_found, external_id_conflict, merchant_not_found, validation_failed (external_id, title,
 * starts_on, ends_on, merchants, recipients, recipients[3].phone …).
 */
export async function bookDisbursement(
  database: Database,
  command: BookDisbursement,
): Promise<{ readonly disbursement: Disbursement; readonly repeated: boolean }> {
  const requestHash = sha256Hex(command.requestKey).slice(0, 32)
  const repeat = async () => {
    const first = await selectByExternalId(database, command.partnerId, command.externalId)
    if (first === undefined) return undefined
    if (first.requestHash.replaceAll('-', '') !== requestHash) throw new Failure('external_id_conflict')
    return { disbursement: first.disbursement, repeated: true }
  }
  const known = await repeat()
  if (known !== undefined) return known
  refuse(problemsOf(command))
  const disbursement = await database.inTransaction((tx) => book(tx, command, requestHash))
  if (disbursement !== undefined) {
    await failpoint('disbursement.booked')
    return { disbursement, repeated: false }
  }
  // Another call has booked it meanwhile, and has committed: the insertion waited for that.
  const first = await repeat()
  if (first === undefined) throw new Error('A disbursement was there and is not; they are never deleted.')
  return first
}

async function book(
  tx: Tx,
  command: BookDisbursement,
  requestHash: string,
): Promise<Disbursement | undefined> {
  const { partnerId, walletId, currency, recipients, actor } = command
  const unknown = await unknownMerchants(tx, command.merchants)
  refuse(unknown.map((code) => ({ field: 'merchants', sentence: `There is no merchant "${code}".` })))
  const days = await daysOf(tx, command)
  const amount = recipients.reduce((sum, recipient) => sum + recipient.amount, 0n)
  const fees = await findFees(tx, partnerId)
  const fee = feeOf(fees, recipients.length, amount)
  const id = newId<DisbursementId>()
  const disbursement = await insertDisbursement(tx, {
    ...command,
    ...days,
    id,
    requestHash,
    recipientsCount: recipients.length,
    amount,
    fee,
    feeEach: fees.each,
    feePercent: fees.percent,
    transactionCode: await nextTransactionCode(tx),
  })
  if (disbursement === undefined) return undefined
  await insertRecipients(tx, disbursement, recipients)
  // Last: the wallet is locked until the commit.
  await moveVoucherMoney(tx, {
    kind: 'disbursement',
    currency,
    transfers: [
      {
        partnerId,
        id: id as string as TransferId, // Its transfer is named after it.
        sides: [
          { kind: 'wallet', walletId, amount: -(amount + fee) },
          { kind: 'voucher_liability', amount },
          { kind: 'fees', amount: fee },
        ],
      },
    ],
    description: `Disbursement ${disbursement.transactionCode}`,
    actor,
  })
  await notifyDue(tx)
  return disbursement
}

async function daysOf(
  tx: Tx,
  { startsOn, endsOn, timeZone }: BookDisbursement,
): Promise<{ readonly startsOn: string; readonly endsOn: string }> {
  const today = await selectToday(tx, timeZone)
  const first = startsOn ?? (endsOn !== undefined && endsOn < today ? endsOn : today)
  const last = endsOn ?? aYearAfter(first)
  const problems: FieldProblem[] = []
  if (last < today) problems.push({ field: 'ends_on', sentence: 'The end must not be in the past.' })
  if (last < first) problems.push({ field: 'ends_on', sentence: 'The end must not be before the start.' })
  const days = (Date.parse(last) - Date.parse(first)) / 86_400_000
  if (days > lifeDaysMost || Date.parse(first) - Date.parse(today) > lifeDaysMost * 86_400_000)
    problems.push({ field: 'ends_on', sentence: 'Vouchers may begin and end within a hundred years.' })
  refuse(problems)
  return { startsOn: first, endsOn: last }
}

function aYearAfter(day: string): string {
  const date = new Date(day)
  date.setUTCFullYear(date.getUTCFullYear() + 1)
  return date.toISOString().slice(0, 10)
}

function problemsOf(command: BookDisbursement): FieldProblem[] {
  const { externalId, title, merchants, recipients, startsOn, endsOn } = command
  const problems: FieldProblem[] = []
  const complain = (field: string, sentence: string): void => {
    if (problems.length < problemsTold) problems.push({ field, sentence })
  }
  if (externalId === '' || externalId.length > 64 || !isStorableJson(externalId))
    complain('external_id', 'It must be 1 to 64 characters of text.')
  if (title.trim() === '' || title.length > 200 || !isStorableJson(title))
    complain('title', 'It must be 1 to 200 characters of text.')
  for (const [field, day] of [
    ['starts_on', startsOn],
    ['ends_on', endsOn],
  ] as const)
    if (day !== undefined && !isDay(day)) complain(field, 'It must be a day such as 2027-01-31.')
  if (merchants.length > 100) complain('merchants', 'A voucher may be locked to at most 100 merchants.')
  if (recipients.length === 0 || recipients.length > recipientsMost)
    complain('recipients', `There must be 1 to ${recipientsMost} recipients.`)
  let sum = 0n
  for (const [place, { name, phone, amount }] of recipients.entries()) {
    const at = `recipients[${place}]`
    if (name.trim() === '' || name.length > 200 || !isStorableJson(name))
      complain(`${at}.name`, 'It must be 1 to 200 characters of text.')
    if (!isPhone(phone)) complain(`${at}.phone`, 'It is not a telephone number.')
    if (amount <= 0n || amount > largestAmountMicros) complain(`${at}.amount`, 'It must be above zero.')
    sum += amount
  }
  if (sum > largestAmountMicros) complain('recipients', 'They amount to more than can be paid at once.')
  return problems
}

function refuse(fields: readonly FieldProblem[]): void {
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
}

/** Nobody reads ten thousand of them. */
const problemsTold = 100
