import { feePaid } from '../../../core/disbursements/disbursement.ts'
import type { Disbursement, NewRecipient, Recipient } from '../../../core/disbursements/disbursement.ts'
import { maskedCode } from '../../../core/vouchers/code.ts'
import type { VoucherId } from '../../../values/ids.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { isStorableJson } from '../../../values/json.ts'
import { printAmount } from '../../../values/money.ts'
import type { Micros } from '../../../values/money.ts'
import type { DisburseBody, DisburseReply, QueryReply, StatusWord } from '../wire/disbursements.ts'
import { readAmount, toAmount } from './amounts.ts'
import { readDay } from './days.ts'
import { readPhone } from './phones.ts'

/** A request as the core understands it, and all that is wrong with it. */
export type ReadDisbursement = {
  readonly startsOn: string | undefined
  readonly endsOn: string | undefined
  readonly merchants: readonly string[]
  readonly isExternal: boolean
  readonly isSilent: boolean
  readonly callbackUrl: string | undefined
  readonly recipients: readonly NewRecipient[]
  /** The same for requests that ask for the same, however they are written. */
  readonly requestKey: string
  readonly problems: readonly FieldProblem[]
}

export function toDisbursement(body: DisburseBody): ReadDisbursement {
  const problems: FieldProblem[] = []
  const complain = (field: string, sentence: string): void => {
    if (problems.length < problemsMost) problems.push({ field, sentence })
  }
  const dayOf = (field: 'VoucherStartDate' | 'VoucherEndDate'): string | undefined => {
    const text = body[field] ?? ''
    const day = text === '' ? undefined : readDay(text)
    if (text !== '' && day === undefined) complain(field, `${field} must be a day such as 20270131.`)
    return day
  }
  const startsOn = dayOf('VoucherStartDate')
  const endsOn = dayOf('VoucherEndDate')
  const recipients = body.Recipients.map((given, place) =>
    toRecipient(given, (name, sentence) => complain(`Recipients[${place}].${name}`, sentence)),
  )
  const read = {
    startsOn,
    endsOn,
    merchants: merchantsOf(body),
    isExternal: body.External === true,
    isSilent: body.SupressNotifications === true || body.SuppressNotifications === true,
    callbackUrl: body.CallbackURL?.trim() || undefined,
  }
  const key = [
    body.DisbursementTitle,
    { ...read, merchants: read.merchants.toSorted() },
    recipients.map(({ name, phone, amount, extra }) => [name, phone, printAmount(amount), extra]),
  ]
  return { ...read, recipients, requestKey: JSON.stringify(key), problems }
}

function merchantsOf({ Merchant: given }: DisburseBody): string[] {
  const list = typeof given === 'string' ? [given] : (given ?? [])
  return [...new Set(list.map((code) => code.trim()).filter((code) => code !== ''))]
}

function toRecipient(
  given: Readonly<Record<string, unknown>>,
  complain: (field: string, sentence: string) => void,
): NewRecipient {
  const { Name: name, Phone: givenPhone, Amount: givenAmount, ...rest } = given
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= 200 && isStorableJson(name)
  if (!isName) complain('Name', 'Name must be 1 to 200 characters of text.')
  const phone = readPhone(givenPhone)
  if (phone === undefined)
    complain('Phone', 'Phone must be a Kenyan number such as 0712345678 or +254712345678.')
  const amount = readAmount(givenAmount)
  if (amount === undefined) complain('Amount', 'Amount must be above zero, with at most 6 fraction digits.')
  const hasMore = Object.keys(rest).length > 0
  const extra = hasMore && isStorableJson(rest, 8) ? JSON.stringify(rest) : undefined
  if (hasMore && (extra === undefined || extra.length > extraLongest))
    complain('Name', `What else is said of a recipient must be at most ${extraLongest} characters of JSON.`)
  return { name: isName ? name : '', phone: phone ?? '', amount: amount ?? 0n, extra }
}

/** Where the core's words for a field are not this wire's. */
export function toFieldName(field: string): string {
  const [, place, name] = /^recipients\[(\d+)\]\.(\w+)$/.exec(field) ?? []
  if (place !== undefined && name !== undefined)
    return `Recipients[${place}].${name.charAt(0).toUpperCase()}${name.slice(1)}`
  return fieldNames.get(field) ?? field
}

const fieldNames: ReadonlyMap<string, string> = new Map([
  ['external_id', 'DisbursementID'],
  ['title', 'DisbursementTitle'],
  ['starts_on', 'VoucherStartDate'],
  ['ends_on', 'VoucherEndDate'],
  ['merchants', 'Merchant'],
  ['recipients', 'Recipients'],
  ['transaction_id', 'TransactionID'],
  ['phone', 'Phone'],
  ['name', 'Name'],
  ['amount', 'Amount'],
  ['remarks', 'Remarks'],
  ['mpesa_code', 'MpesaCode'],
])

/** The answer to a new disbursement, and to each repeat of it: what it was when it was booked. */
export function toDisburseReply(disbursement: Disbursement): DisburseReply {
  return { ...headOf(disbursement), Status: 'pending' }
}

function headOf(disbursement: Disbursement) {
  return {
    DisbursementID: disbursement.externalId,
    DisbursementTitle: disbursement.title,
    RecipientsCount: disbursement.recipientsCount,
    Amount: toAmount(disbursement.amount),
    Cost: toAmount(disbursement.fee),
    CreatedAt: disbursement.createdAt.toISOString(),
  }
}

export function toQueryReply(
  disbursement: Disbursement & { readonly redeemed: Micros },
  recipients: readonly Recipient[],
  codes: ReadonlyMap<VoucherId, string>,
): QueryReply {
  return {
    ...headOf(disbursement),
    Status: toStatusWord(disbursement),
    AmountDisbursed: toAmount(disbursement.issuedAmount),
    AmountRedeemed: toAmount(disbursement.redeemed),
    Cost: toAmount(feePaid(disbursement)),
    DateProcessed: disbursement.endedAt?.toISOString() ?? null,
    TransactionCode: disbursement.transactionCode,
    Recipients: recipients.map((recipient) => ({
      ...recipient.extra,
      Name: recipient.name,
      Phone: recipient.phone,
      Amount: toAmount(recipient.amount),
      Status: recipientStatus(disbursement, recipient),
      VoucherCode: toCode(recipient.voucherId, codes),
      Balance: toAmount(recipient.balance),
    })),
  }
}

function recipientStatus({ endedAt }: Disbursement, { voucherId }: Recipient): StatusWord {
  if (voucherId !== undefined) return 'success'
  return endedAt === undefined ? 'pending' : 'failed'
}

function toCode(id: VoucherId | undefined, codes: ReadonlyMap<VoucherId, string>): string | null {
  return id === undefined ? null : (codes.get(id) ?? maskedCode)
}

export function toStatusWord({ state }: Pick<Disbursement, 'state'>): StatusWord {
  return statusWords[state]
}

const statusWords = {
  pending: 'pending',
  processing: 'processing',
  completed: 'success',
  partially_completed: 'partial',
  failed: 'failed',
} as const satisfies Record<Disbursement['state'], StatusWord>

const problemsMost = 100
const extraLongest = 2_000
