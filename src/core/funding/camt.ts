import { parseAmount, parseCurrency } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { bankReferenceOf } from './bank.ts'
import type { ParsedLine } from './bank.ts'
import { isDay } from '../../values/day.ts'

type Tree = { readonly [name: string]: Node | readonly Node[] | undefined }
type Node = string | Tree

/**
 * The booked entries of an ISO 20022 camt.053 document (any version of BankToCustomerStatement), or a sentence about why it cannot be
 * read. An entry of several transactions in one currency becomes a line each if their amounts add up to the entry's, else one line. Where a
 * statement tells its opening and closing balance, its entries must lead from one to the other.
 */
export function readCamt(tree: Tree): ParsedLine[] | string {
  const statements = childrenOf(treeOf(treeOf(tree['Document'])['BkToCstmrStmt']), 'Stmt')
  if (statements.length === 0) return 'The document holds no statement of an account (camt.053).'
  const lines: ParsedLine[] = []
  for (const statement of statements) {
    const found = readStatement(statement, lines.length)
    if (typeof found === 'string') return found
    lines.push(...found)
  }
  return lines
}

function readStatement(statement: Tree, before: number): ParsedLine[] | string {
  const account = accountOf(treeOf(statement['Acct']))
  if (account === '') return 'A statement does not say whose account it is about.'
  const lines: ParsedLine[] = []
  let sum = 0n
  for (const [place, entry] of childrenOf(statement, 'Ntry').entries()) {
    const where = `Entry ${place + 1} of the account ${account}`
    if (statusOf(entry) !== 'BOOK') continue
    const signed = signedAmount(entry)
    if (signed === undefined) return `${where} has no amount that can be read.`
    const bookedOn = dayOf(treeOf(entry['BookgDt'])) ?? dayOf(treeOf(entry['ValDt']))
    if (bookedOn === undefined) return `${where} has no date.`
    sum += signed.amount
    for (const part of partsOf(entry, signed))
      lines.push({ line: before + lines.length + 1, account, bookedOn, ...part })
  }
  const [opening, closing] = [balanceOf(statement, ['OPBD', 'PRCD']), balanceOf(statement, ['CLBD'])]
  if (opening !== undefined && closing !== undefined && opening + sum !== closing)
    return `The entries of the account ${account} do not lead from its opening to its closing balance.`
  return lines
}

type Signed = { readonly amount: Micros; readonly currency: Currency }

function partsOf(entry: Tree, whole: Signed): Omit<ParsedLine, 'line' | 'account' | 'bookedOn'>[] {
  // Only the bank's own reference is one entry's alone. NtryRef names an entry within its statement, where it is a running number, or the account
  // that was paid to: two transfers that have the same one are two.
  const reference = bankReferenceOf(textOf(entry['AcctSvcrRef']))
  const details = childrenOf(entry, 'NtryDtls').flatMap((one) => childrenOf(one, 'TxDtls'))
  const parts = details.map((one) => ({ one, signed: detailAmount(one, whole) }))
  const sum = parts.reduce((total, { signed }) => total + (signed?.amount ?? 0n), 0n)
  if (parts.length < 2 || sum !== whole.amount || parts.some(({ signed }) => signed === undefined)) {
    const texts = [...details.map(remittanceOf), textOf(entry['AddtlNtryInf'])]
    return [
      {
        ...whole,
        bankReference: reference,
        remittance: join(texts),
        payer: payerOf(details[0] ?? {}, whole),
      },
    ]
  }
  return parts.map(({ one, signed = whole }, place) => ({
    ...signed,
    bankReference:
      bankReferenceOf(textOf(treeOf(one['Refs'])['AcctSvcrRef'])) ||
      (reference === '' ? '' : `${reference}/${place + 1}`),
    remittance: remittanceOf(one),
    payer: payerOf(one, signed),
  }))
}

function signedAmount(entry: Tree): Signed | undefined {
  const amount = parseAmount(textOf(entry['Amt']))
  const currency = parseCurrency(textOf(treeOf(entry['Amt'])['@Ccy']))
  const mark = textOf(entry['CdtDbtInd'])
  if (amount === undefined || amount <= 0n || currency === undefined) return undefined
  if (mark !== 'CRDT' && mark !== 'DBIT') return undefined
  return { amount: mark === 'CRDT' ? amount : -amount, currency }
}

function detailAmount(detail: Tree, whole: Signed): Signed | undefined {
  const own = treeOf(treeOf(detail['AmtDtls'])['TxAmt'])
  const source = detail['Amt'] === undefined ? own : detail
  const amount = parseAmount(textOf(source['Amt']))
  const currency = parseCurrency(textOf(treeOf(source['Amt'])['@Ccy']))
  if (amount === undefined || amount <= 0n || currency !== whole.currency) return undefined
  const mark = textOf(detail['CdtDbtInd'])
  const isIn = mark === '' ? whole.amount > 0n : mark === 'CRDT'
  return { amount: isIn ? amount : -amount, currency }
}

/** Version 8 and later write `<Sts><Cd>BOOK</Cd></Sts>`, earlier ones `<Sts>BOOK</Sts>`; without a status an entry of a statement is booked. */
function statusOf(entry: Tree): string {
  const { Sts: status } = entry
  if (status === undefined) return 'BOOK'
  return typeof status === 'string' ? status : textOf(treeOf(status)['Cd'])
}

function accountOf(account: Tree): string {
  const id = treeOf(account['Id'])
  const number = textOf(id['IBAN']) || textOf(treeOf(id['Othr'])['Id'])
  return number.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

function balanceOf(statement: Tree, codes: readonly string[]): Micros | undefined {
  const found = childrenOf(statement, 'Bal').find((one) =>
    codes.includes(textOf(treeOf(treeOf(one['Tp'])['CdOrPrtry'])['Cd'])),
  )
  if (found === undefined) return undefined
  const amount = parseAmount(textOf(found['Amt']))
  if (amount === undefined) return undefined
  return textOf(found['CdtDbtInd']) === 'DBIT' ? -amount : amount
}

function dayOf(date: Tree): string | undefined {
  const text = (textOf(date['Dt']) || textOf(date['DtTm'])).slice(0, 10)
  return isDay(text) ? text : undefined
}

function remittanceOf(detail: Tree): string {
  const information = treeOf(detail['RmtInf'])
  const structured = childrenOf(information, 'Strd').map((one) => textOf(treeOf(one['CdtrRefInf'])['Ref']))
  const references = treeOf(detail['Refs'])
  return join([...textsOf(information['Ustrd']), ...structured, textOf(references['EndToEndId'])])
}

function payerOf(detail: Tree, { amount }: Signed): string {
  const parties = treeOf(detail['RltdPties'])
  const party = treeOf(amount > 0n ? parties['Dbtr'] : parties['Cdtr'])
  return (textOf(party['Nm']) || textOf(treeOf(party['Pty'])['Nm'])).slice(0, 200)
}

function join(texts: readonly string[]): string {
  return texts
    .map((text) => text.trim())
    .filter((text) => bankReferenceOf(text) !== '')
    .join(' ')
    .slice(0, 1_000)
}

function childrenOf(tree: Tree, name: string): Tree[] {
  const found = tree[name]
  if (found === undefined) return []
  return (Array.isArray(found) ? (found as readonly Node[]) : [found as Node]).map((one) =>
    typeof one === 'string' ? {} : one,
  )
}

function treeOf(node: Tree[string]): Tree {
  if (node === undefined || typeof node === 'string') return {}
  if (!Array.isArray(node)) return node as Tree // Neither a text nor a list is left.
  const [first] = node as readonly Node[]
  return first === undefined || typeof first === 'string' ? {} : first
}

function textsOf(node: Tree[string]): string[] {
  const list = Array.isArray(node) ? (node as readonly Node[]) : [node as Node | undefined]
  return list.map((one) => (typeof one === 'string' ? one : one === undefined ? '' : textOf(one['#text'])))
}

function textOf(node: Tree[string]): string {
  return textsOf(node)[0]?.trim() ?? ''
}
