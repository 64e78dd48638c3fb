import { setTimeout as pause } from 'node:timers/promises'
import { approveReversal } from '../../src/core/redemptions/approve-reversal.ts'
import { proposeReversal } from '../../src/core/redemptions/propose-reversal.ts'
import { approveWithdrawal, rejectWithdrawal } from '../../src/core/withdrawals/decide-withdrawal.ts'
import { openDatabase, sql } from '../../src/platform/database.ts'
import type { Database } from '../../src/platform/database.ts'
import { Failure } from '../../src/values/failure.ts'
import type { PartnerId, RedemptionId, WithdrawalId } from '../../src/values/ids.ts'
import type { LogFile } from './log-file.ts'
import type { Kind, Told } from './told.ts'

/** Two persons who work on the database as the command line does, and try again until they know what happened. */
export type Operator = {
  decide(reference: string, word: 'paid' | 'rejected'): Promise<void>
  /** Takes a redemption back that a till knows by this name. */
  reverse(transactionId: string): Promise<void>
  close(): Promise<void>
}

export function openOperator(url: string, log: LogFile<Told>): Operator {
  const database = openDatabase({ url, role: 'scrip_app', poolSize: 4 })
  const until = async (kind: Kind, key: string, work: () => Promise<string>): Promise<void> => {
    for (let tries = 1; tries < 120; tries += 1) {
      const sentAtMs = Date.now()
      const { outcome, state, text } = await work().then(
        (word) => ({ outcome: 'done' as const, state: word, text: undefined }),
        (error: unknown) => ({
          outcome: isRefusal(error) ? ('refused' as const) : ('silence' as const),
          state: undefined,
          text: String(error),
        }),
      )
      const head = { sentAtMs, atMs: Date.now(), kind, turn: 'first' as const, key, tries, server: -1 }
      log.write({ ...head, status: 0, outcome, state, codes: [], text })
      if (outcome !== 'silence') return
      await pause(500)
    }
  }
  return {
    decide: (reference, word) =>
      until('operator decision', reference, async () => {
        const id = await findWithdrawal(database, reference)
        const actor = 'chaos:decider'
        await database.inTransaction((tx) =>
          word === 'paid'
            ? approveWithdrawal(tx, { id, actor })
            : rejectWithdrawal(tx, { id, actor, reason: 'chaos' }),
        )
        return word
      }),
    reverse: (transactionId) =>
      until('operator reversal', transactionId, async () => {
        const found = await findRedemption(database, transactionId)
        if (found.isReversed) return 'reversed'
        const proposalId = await database.inTransaction((tx) =>
          proposeReversal(tx, { ...found, note: 'chaos', actor: 'chaos:one' }),
        )
        await database.inTransaction((tx) => approveReversal(tx, { proposalId, actor: 'chaos:two' }))
        return 'reversed'
      }),
    close: () => database.close(),
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Failure && error.code !== 'unavailable' && error.code !== 'internal'
}

async function findWithdrawal(database: Database, reference: string): Promise<WithdrawalId> {
  const [row] = await database.query<{ id: WithdrawalId }>(
    sql`select id from withdrawals where reference = ${reference}`,
  )
  if (row === undefined) throw new Error(`There is no withdrawal ${reference}.`)
  return row.id
}

async function findRedemption(database: Database, transactionId: string) {
  const [row] = await database.query<{
    partnerId: PartnerId
    redemptionId: RedemptionId
    isReversed: boolean
  }>(sql`
    select partner_id as "partnerId", id as "redemptionId", reversed_at is not null as "isReversed"
    from redemptions where transaction_id = ${transactionId}`)
  if (row === undefined) throw new Error(`There is no redemption ${transactionId}.`)
  return row
}
