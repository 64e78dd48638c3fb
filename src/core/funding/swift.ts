import { parseAmount, parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { bankReferenceOf } from './bank.ts'
import type { ParsedLine } from './bank.ts'
import { isDay } from '../../values/day.ts'

type Field = { readonly tag: string; readonly text: string }

/**
 * The entries of SWIFT MT940 messages (customer statement), or a sentence about why they cannot be read. Fields, their order and the marks C,
 * D, RC and RD are those of the SWIFT user handbook, category 9; a reversal of a credit goes out, one of a debit comes in. The
 * entries of each message must lead from its opening balance (:60F: or :60M:) to its closing balance (:62F: or :62M:).
 */
export function readMt940(text: string): ParsedLine[] | string {
  const messages = messagesOf(fieldsOf(text))
  if (messages.length === 0) return 'The file holds no statement (MT940).'
  const lines: ParsedLine[] = []
  for (const [place, message] of messages.entries()) {
    const found = readMessage(message, lines.length)
    if (typeof found === 'string') return `Message ${place + 1}: ${found}`
    lines.push(...found)
  }
  return lines
}

/** ":61:…" and what follows until the next field; block headers and trailers are no fields. */
function fieldsOf(text: string): Field[] {
  const fields: { tag: string; text: string }[] = []
  for (const line of text.split(/\r\n|\n|\r/)) {
    const match = /^:(\d\d[A-Z]?):(.*)$/.exec(line)
    if (match !== null) fields.push({ tag: match[1] ?? '', text: match[2] ?? '' })
    // A message's end, and the headers of blocks; a text that goes on may begin with either sign.
    else if (/^-\}?\s*$/.test(line) || /^\{\d:/.test(line)) continue
    else {
      const last = fields.at(-1)
      if (last !== undefined) last.text += `\n${line}`
    }
  }
  return fields
}

/** Each begins with its :20:. */
function messagesOf(fields: readonly Field[]): Field[][] {
  const messages: Field[][] = []
  for (const field of fields) {
    if (field.tag === '20') messages.push([])
    messages.at(-1)?.push(field)
  }
  return messages
}

function readMessage(fields: readonly Field[], before: number): ParsedLine[] | string {
  const account = accountOf(fields.find(({ tag }) => tag === '25')?.text ?? '')
  if (account === '') return 'it does not say whose account it is about (:25:).'
  const opening = balanceOf(fields, '60')
  const closing = balanceOf(fields, '62')
  if (opening === undefined || closing === undefined)
    return 'its opening or closing balance (:60F:, :62F:) cannot be read.'
  if (opening.currency !== closing.currency) return 'its balances are in two currencies.'
  const lines: ParsedLine[] = []
  for (const [place, { tag, text }] of fields.entries()) {
    if (tag !== '61') continue
    const entry = readEntry(text)
    if (entry === undefined) return `its entry ${lines.length + 1} (:61:) cannot be read.`
    const next = fields[place + 1]
    const information = next?.tag === '86' ? next.text : ''
    lines.push({
      ...entry,
      line: before + lines.length + 1,
      account,
      currency: opening.currency,
      remittance: remittanceOf(information, entry.supplement),
      payer: payerOf(information),
    })
  }
  const sum = lines.reduce((total, { amount }) => total + amount, 0n)
  if (opening.amount + sum !== closing.amount)
    return 'its entries do not lead from its opening to its closing balance.'
  return lines.map(
    ({ line, account: own, bookedOn, amount, currency, bankReference, remittance, payer }) => ({
      line,
      account: own,
      bookedOn,
      amount,
      currency,
      bankReference,
      remittance,
      payer,
    }),
  )
}

/** "37040044/532013000" names the bank before the account. */
function accountOf(text: string): string {
  const [line = ''] = text.split('\n')
  const bare = (part: string): string => part.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  return bare(line.slice(line.lastIndexOf('/') + 1)) || bare(line)
}

function balanceOf(
  fields: readonly Field[],
  tag: string,
): { amount: Micros; currency: Currency } | undefined {
  const text = fields.find((field) => field.tag.startsWith(tag))?.text ?? ''
  const match = /^([CD])\d{6}([A-Z]{3})([\d,]+)$/.exec(text.trim())
  if (match === null) return undefined
  const [, mark, code = '', digits = ''] = match
  const [amount, currency] = [amountOf(digits), parseCurrency(code)]
  if (amount === undefined || currency === undefined) return undefined
  return { amount: mark === 'D' ? -amount : amount, currency }
}

type Entry = Pick<ParsedLine, 'bookedOn' | 'amount' | 'bankReference'> & { readonly supplement: string }

/** Value date, entry date (MMDD), mark, third letter of the currency, amount, type, our reference // the bank's, and a second line. */
function readEntry(text: string): Entry | undefined {
  const match =
    /^(\d{6})(\d{4})?(RC|RD|C|D)([A-Z])?(\d[\d,]*)([A-Z][A-Z0-9]{3})([^\n]*?)(?:\/\/([^\n]*))?(?:\n([\s\S]*))?$/.exec(
      text,
    )
  if (match === null) return undefined
  const [, valueDate = '', entryDate, mark = '', , digits = '', , own = '', bank = '', supplement = ''] =
    match
  const amount = amountOf(digits)
  const bookedOn = bookingDay(valueDate, entryDate)
  if (amount === undefined || amount === 0n || bookedOn === undefined) return undefined
  const isIn = mark === 'C' || mark === 'RD'
  return {
    bookedOn,
    amount: isIn ? amount : -amount,
    bankReference: bankReferenceOf(bank),
    supplement: `${bankReferenceOf(own)} ${supplement}`.trim(),
  }
}

/** The entry date has no year: it is the one that is nearest to the value date. */
function bookingDay(valueDate: string, entryDate: string | undefined): string | undefined {
  const value = `20${valueDate.slice(0, 2)}-${valueDate.slice(2, 4)}-${valueDate.slice(4, 6)}`
  if (!isDay(value)) return undefined
  if (entryDate === undefined) return value
  const year = Number(value.slice(0, 4))
  const candidates = [year - 1, year, year + 1]
    .map((one) => `${one}-${entryDate.slice(0, 2)}-${entryDate.slice(2, 4)}`)
    .filter(isDay)
  const distance = (day: string): number => Math.abs(Date.parse(day) - Date.parse(value))
  return candidates.toSorted((one, other) => distance(one) - distance(other))[0]
}

/** "1234,5": the comma is always there, and digits behind it need not be. */
function amountOf(digits: string): Micros | undefined {
  if (!/^\d{1,15},\d{0,6}$/.test(digits)) return undefined
  return parseAmount(digits.replace(/,$/, '').replace(',', '.'))
}

/** Of :86:, where subfields (?20 to ?29, ?60 to ?63) hold the text if there are any. */
function remittanceOf(information: string, supplement: string): string {
  const bare = information.replaceAll('\n', '')
  const parts = subfieldsOf(bare)
  const text =
    parts === undefined
      ? information.replaceAll('\n', ' ')
      : parts
          .filter(({ code }) => isText(code))
          .map((one) => one.text)
          .join('')
  return `${text} ${supplement}`.trim().slice(0, 1_000)
}

function payerOf(information: string): string {
  const parts = subfieldsOf(information.replaceAll('\n', '')) ?? []
  return parts
    .filter(({ code }) => code === '32' || code === '33')
    .map(({ text }) => text)
    .join('')
    .slice(0, 200)
}

function subfieldsOf(text: string): { readonly code: string; readonly text: string }[] | undefined {
  const parts = [...text.matchAll(/\?(\d\d)([^?]*)/g)]
  return parts.length === 0 ? undefined : parts.map(([, code = '', one = '']) => ({ code, text: one }))
}

function isText(code: string): boolean {
  return /^(?:2\d|6[0-3])$/.test(code)
}
