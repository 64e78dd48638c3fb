import { openCsv } from '../../platform/csv.ts'
import type { CsvFile } from '../../platform/csv.ts'
import { parsePhoneNumber } from '../../platform/phone-numbers.ts'
import { Failure } from '../../values/failure.ts'
import { isStorableJson } from '../../values/json.ts'
import { parseAmount } from '../../values/money.ts'
import type { Micros } from '../../values/money.ts'
import { recipientsMost } from './disbursement.ts'
import type { NewRecipient } from './disbursement.ts'

/** A line that cannot be taken. */
type RecipientProblem = { readonly line: number; readonly sentence: string }

/** What a file of recipients says. */
export type RecipientsFile = {
  readonly recipients: readonly NewRecipient[]
  /** Of all the good lines, in micro-units. */
  readonly amount: Micros
  /** Every line that cannot be taken, at most as many as a file may have. */
  readonly problems: readonly RecipientProblem[]
  /** SHA-256 of the file, as hex: the same file is the same request. */
  readonly hash: string
}

/**
 * Reads whom a CSV file wants to give vouchers to; nothing is written. The first line names the columns `name`, `phone` and `amount`; others are
 * ignored. A telephone number is international; a national one ("0712…") takes the calling code that is given for all of them.
 * Throws Failure invalid_file for what is no such file, and for more than 10,000 lines.
 *
 * @param callingCode digits, such as "254"
 */
export async function readRecipients(path: string, callingCode?: string): Promise<RecipientsFile> {
  const file = await openCsv(path)
  try {
    return await read(file, callingCode)
  } finally {
    await file.close()
  }
}

async function read(file: CsvFile, callingCode: string | undefined): Promise<RecipientsFile> {
  const places = columnsOf(file)
  const recipients: NewRecipient[] = []
  const problems: RecipientProblem[] = []
  let amount = 0n
  for await (const block of file.blocks(file.start, blockRows))
    for (const { line, fields } of block.rows) {
      if (recipients.length + problems.length >= recipientsMost)
        throw new Failure('invalid_file', {
          sentence: `A file may have at most ${recipientsMost} recipients.`,
        })
      const found = toRecipient(fields, places, callingCode)
      if (typeof found === 'string') problems.push({ line, sentence: found })
      else {
        recipients.push(found)
        amount += found.amount
      }
    }
  return { recipients, amount, problems, hash: file.hash.toString('hex') }
}

type Places = { readonly name: number; readonly phone: number; readonly amount: number }

function columnsOf({ columns }: CsvFile): Places {
  const place = (column: string): number => {
    const found = columns.indexOf(column)
    if (found >= 0 && columns.lastIndexOf(column) === found) return found
    throw new Failure('invalid_file', {
      sentence: `The first line must name the columns name, phone and amount, each once; "${column}" is not there once.`,
    })
  }
  return { name: place('name'), phone: place('phone'), amount: place('amount') }
}

/** The recipient of a line, or a sentence about what is wrong with it. */
function toRecipient(
  fields: readonly string[],
  places: Places,
  callingCode: string | undefined,
): NewRecipient | string {
  const name = (fields[places.name] ?? '').trim()
  if (name === '' || name.length > 200 || !isStorableJson(name))
    return 'The name must be 1 to 200 characters of text.'
  const phone = readPhone(fields[places.phone] ?? '', callingCode)
  if (phone === undefined) return 'The telephone number is none, or lacks the code of its country.'
  const amount = parseAmount((fields[places.amount] ?? '').trim())
  if (amount === undefined || amount <= 0n)
    return 'The amount must be above zero, with at most 6 fraction digits and no spaces or commas in it.'
  return { name, phone, amount, extra: undefined }
}

function readPhone(given: string, callingCode: string | undefined): string | undefined {
  const bare = given.replaceAll(/[\s().-]/g, '')
  const national = callingCode === undefined ? undefined : /^0(\d+)$/.exec(bare)?.[1]
  return parsePhoneNumber(national === undefined ? bare : `+${callingCode}${national}`)?.e164
}

const blockRows = 1_000
