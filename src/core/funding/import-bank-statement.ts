import { basename } from 'node:path'
import type { Database, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { readWholeFile } from '../../platform/files.ts'
import { sha256, sha256Hex } from '../../platform/secrets.ts'
import { parseXml } from '../../platform/xml.ts'
import { Failure } from '../../values/failure.ts'
import type { BankLineId, BankStatementId } from '../../values/ids.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { identitiesOf } from './bank.ts'
import type { BankStatement, LineState, ParsedLine, StatementFormat } from './bank.ts'
import {
  countLines,
  doubtAlike,
  insertLines,
  insertStatement,
  lockBankLines,
  selectStatementOfFile,
  updateLineCount,
} from './bank.sql.ts'
import { readCamt } from './camt.ts'
import { accountsMost, knownAccount } from './funding.ts'
import { selectKnownNumbers } from './funding.sql.ts'
import { matchLines } from './match-lines.ts'
import { readBankCsv } from './read-bank-csv.ts'
import type { BankColumns } from './read-bank-csv.ts'
import { readMt940 } from './swift.ts'

export type ImportBankStatement = {
  readonly path: string
  /** By default what the file's content says. */
  readonly format?: StatementFormat | undefined
  /** For a CSV file: which account of ours it is about, and how its columns are called. */
  readonly csv?: BankColumns | undefined
  readonly actor: string
  /** Told of the lines written so far, of those that there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export type BankImport = {
  readonly statement: BankStatement
  /** The very file was imported before, and nothing was done. */
  readonly repeated: boolean
  /** Lines that another statement had before: they count once. */
  readonly known: number
  readonly states: readonly { readonly state: LineState; readonly count: bigint }[]
}

/**
 * Imports a bank's statement: all of it or nothing, and no line twice, in whatever statements it comes. It books nothing: whose a line is
 * is found where the line says so, and another person books it.
 * Throws Failure invalid_file.
 */
export async function importBankStatement(
  database: Database,
  order: ImportBankStatement,
): Promise<BankImport> {
  const { path, actor, onProgress = () => undefined } = order
  const content = await readWholeFile(path, bytesMost)
  const fileHash = sha256(content)
  const before = await selectStatementOfFile(database, fileHash)
  if (before !== undefined) return repeated(database, before)
  const { format, lines } = await readLines(order, content, fileHash)
  if (
    lines.some(({ remittance, payer, bankReference }) =>
      `${remittance}${payer}${bankReference}`.includes('\0'),
    )
  )
    throw new Failure('invalid_file', { sentence: 'A text of the file cannot be stored.' })
  if (lines.length > linesMost)
    throw new Failure('invalid_file', { sentence: `The file has more than ${linesMost} lines.` })
  const known = await withKnownAccounts(database, lines)
  return database.inTransaction(async (tx) => {
    await lockBankLines(tx)
    const id = newId<BankStatementId>()
    const isNew = await insertStatement(tx, { id, fileHash, fileName: basename(path), format, actor })
    const inserted = isNew ? await storeLines(tx, id, actor, known, onProgress) : 0
    if (isNew) await updateLineCount(tx, id, BigInt(inserted))
    const statement = await selectStatementOfFile(tx, fileHash)
    if (statement === undefined) throw new Error('A statement that was written is there.')
    if (!isNew) return repeated(tx, statement)
    const details = { fileName: basename(path), format, lines: inserted }
    await recordAudit(tx, { actor, action: 'bank_statement.imported', subject: id, details })
    return {
      statement,
      repeated: false,
      known: lines.length - inserted,
      states: await countLines(tx, id),
    }
  })
}

async function repeated(db: Tx | Database, statement: BankStatement): Promise<BankImport> {
  return { statement, repeated: true, known: 0, states: await countLines(db, statement.id) }
}

/** Before the transaction: a file has few accounts and many lines, and each account is compared with all of ours. */
async function withKnownAccounts(db: Database, lines: readonly ParsedLine[]): Promise<ParsedLine[]> {
  const numbers = await selectKnownNumbers(db, accountsMost)
  const known = new Map<string, string>()
  for (const { account } of lines) if (!known.has(account)) known.set(account, knownAccount(account, numbers))
  return lines.map((line) => ({ ...line, account: known.get(line.account) ?? line.account }))
}

async function storeLines(
  tx: Tx,
  id: BankStatementId,
  actor: string,
  lines: readonly ParsedLine[],
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const identities = identitiesOf(lines, sha256Hex)
  // Ids in the order of the file, in which lists show it; all statements write in one order, so that two with the same lines never wait for
  // each other.
  const rows = lines
    .flatMap((line, place) => {
      const identity = identities[place]
      return identity === undefined ? [] : [{ ...line, identity, id: newId<BankLineId>() }]
    })
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  let inserted = 0
  for (let start = 0; start < rows.length; start += blockLines) {
    const block = rows.slice(start, start + blockLines)
    const matches = await matchLines(tx, block)
    const matched = block.flatMap((line, place) => {
      const match = matches[place]
      return match === undefined ? [] : [{ ...line, ...match }]
    })
    const ids = await insertLines(tx, id, actor, matched)
    await doubtAlike(tx, ids)
    inserted += ids.length
    onProgress(start + block.length, rows.length)
  }
  return inserted
}

function keyOf({ account, identity }: { readonly account: string; readonly identity: string }): string {
  return `${account} ${identity}`
}

async function readLines(
  { path, format, csv }: ImportBankStatement,
  content: Buffer,
  fileHash: Buffer,
): Promise<{ format: StatementFormat; lines: ParsedLine[] }> {
  const text = textOf(content)
  const found = format ?? formatOf(text)
  if (found === 'csv') return { format: found, lines: await readBankCsv(path, csv, fileHash) }
  const lines = found === 'mt940' ? readMt940(text) : readCamt(parseXml(text))
  if (typeof lines === 'string') throw new Failure('invalid_file', { sentence: lines })
  return { format: found, lines }
}

function formatOf(text: string): StatementFormat {
  const start = text.slice(0, 2_000).trimStart()
  if (start.startsWith('<')) return 'camt.053'
  return /(?:^|\n):20:/.test(text.slice(0, 10_000)) ? 'mt940' : 'csv'
}

/** UTF-8; what is none is read as Latin-1, in which many banks still write MT940. */
function textOf(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return content.toString('latin1')
  }
}

const bytesMost = 20 * 1_048_576
const linesMost = 100_000
const blockLines = 2_000
