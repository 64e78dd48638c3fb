import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { addReceivingAccount } from '../src/core/funding/add-receiving-account.ts'
import type { BankLine } from '../src/core/funding/bank.ts'
import { bookLine } from '../src/core/funding/book-line.ts'
import { bareNumber } from '../src/core/funding/funding.ts'
import type { BankAccount } from '../src/core/funding/funding.ts'
import { importBankStatement } from '../src/core/funding/import-bank-statement.ts'
import type { BankImport } from '../src/core/funding/import-bank-statement.ts'
import { listBankLines } from '../src/core/funding/list-bank-lines.ts'
import { requestFunding } from '../src/core/funding/request-funding.ts'
import { openKeyRing } from '../src/core/keys/open-key-ring.ts'
import { findWallet } from '../src/core/ledger/find-wallet.ts'
import type { Wallet } from '../src/core/ledger/ledger.ts'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import { newId } from '../src/platform/ids.ts'
import { newSecretKey } from '../src/platform/secrets.ts'
import type { BankLineId, WalletId } from '../src/values/ids.ts'
import type { Currency } from '../src/values/money.ts'
import { proveBooks, usd } from './books.ts'
import { createTestDatabase } from './database.ts'
import { unit } from './world.ts'

export const account: BankAccount = {
  bankName: 'First Bank',
  accountName: 'Scrip Ltd',
  accountNumber: '2031234567',
  bankCode: '',
}

/** An account of ours that partners are told of. */
export async function receiveInto(
  database: Database,
  currency: Currency,
  accountNumber = account.accountNumber,
) {
  await database.inTransaction((tx) =>
    addReceivingAccount(tx, { ...account, accountNumber, currency, actor: 'operator' }),
  )
}

/** A CSV statement of one account: what came in, by day, amount, the bank's reference and the payer's text. */
export function csvStatement(
  lines: readonly {
    readonly amount: string
    readonly reference?: string
    readonly text?: string
    readonly account?: string
  }[],
  currency = 'USD',
): string {
  const rows = lines.map(
    ({ amount, reference = '', text = '', account: number = account.accountNumber }) =>
      `2027-01-31,${amount},${currency},${reference},"${text}",${bareNumber(number)}`,
  )
  return ['date,amount,currency,reference,remittance,account', ...rows, ''].join('\n')
}

/** A database with an account of ours for dollars, and what tests do with it; at the end of the file its books are proven. */
export async function createFundingWorld() {
  const { database, url } = await createTestDatabase()
  const keyRing = await openKeyRing(database, newSecretKey())
  const folder = await mkdtemp(join(tmpdir(), 'scrip-funding-'))
  await receiveInto(database, usd)
  afterAll(async () => {
    await proveBooks(database)
    await rm(folder, { recursive: true })
  })
  let [files, references] = [0, 0]
  return {
    database,
    url,
    keyRing,
    folder,
    /** A name that a bank has not used yet. */
    freshReference: () => `FT${(references += 1)}`,
    request({ partnerId, id }: Pick<Wallet, 'partnerId' | 'id'>, amount = 100n * unit, reference?: string) {
      const order = { partnerId, walletId: id, amount, reference, actor: 'partner' }
      return database.inTransaction((tx) => requestFunding(tx, order))
    },
    async importText(text: string, actor = 'ann'): Promise<BankImport> {
      files += 1
      const path = join(folder, `statement-${files}.csv`)
      await writeFile(path, text)
      return importBankStatement(database, { path, actor })
    },
    async linesOf({ statement }: BankImport): Promise<readonly BankLine[]> {
      const filter = { state: undefined, statementId: statement.id }
      return (await listBankLines(database, filter, { limit: 100 })).rows
    },
    async balanceOf({ partnerId, id }: Wallet): Promise<bigint> {
      return (await findWallet(database, partnerId, id)).balance
    },
    /** As somebody who sees the line as it is now. */
    async book(lineId: BankLineId, actor = 'bob', on: Database = database) {
      const [seen] = await on.query<{ walletId: WalletId | null }>(
        sql`select wallet_id as "walletId" from bank_lines where id = ${lineId}`,
      )
      const walletId = seen?.walletId ?? newId<WalletId>()
      return on.inTransaction((tx) => bookLine(tx, { lineId, walletId, actor }))
    },
  }
}
