import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fundedWallet, proveBooks } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import { unit } from '../../../test/world.ts'
import { sql } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import type { ProposalId } from '../../values/ids.ts'
import {
  approveOverdraft,
  changeOverdraft,
  listOverdraftProposals,
  rejectOverdraft,
} from './change-overdraft.ts'
import { findWallet } from './find-wallet.ts'
import type { Wallet } from './ledger.ts'

let database: Database

beforeAll(async () => {
  database = (await createTestDatabase()).database
})

afterAll(() => proveBooks(database))

function change({ partnerId, id: walletId }: Wallet, limit: bigint, actor = 'ann', needsSecond = true) {
  return database.inTransaction((tx) =>
    changeOverdraft(tx, { partnerId, walletId, limit, actor, needsSecond }),
  )
}

async function propose(wallet: Wallet, limit: bigint, actor = 'ann'): Promise<ProposalId> {
  const done = await change(wallet, limit, actor)
  if (!('proposalId' in done)) throw new Error('It was set at once.')
  return done.proposalId
}

const approve = (id: ProposalId, actor: string) =>
  database.inTransaction((tx) => approveOverdraft(tx, { id, actor }))
const reject = (id: ProposalId, actor: string) =>
  database.inTransaction((tx) => rejectOverdraft(tx, { id, actor }))
const limitOf = async ({ partnerId, id }: Wallet) =>
  (await findWallet(database, partnerId, id)).overdraftLimit

describe('more credit', () => {
  test('is proposed by one person and given by another, once', async () => {
    const wallet = await fundedWallet(database, 0n)
    const id = await propose(wallet, 50n * unit)
    expect(await limitOf(wallet)).toBe(0n)
    await expect(approve(id, 'ann')).rejects.toMatchObject({ code: 'second_person_required' })
    const both = await Promise.all([approve(id, 'bob'), approve(id, 'cid')])
    expect(both.map(({ repeated }) => repeated).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      false,
      true,
    ])
    expect(await limitOf(wallet)).toBe(50n * unit)
    await expect(reject(id, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
  })

  test('is given at once where one person may do that, and to nobody by its proposer past the code', async () => {
    const wallet = await fundedWallet(database, 0n)
    expect(await change(wallet, 7n * unit, 'ann', false)).toMatchObject({
      wallet: { overdraftLimit: 7n * unit },
    })
    const id = await propose(wallet, 8n * unit)
    await expect(
      database.query(sql`
        update overdraft_proposals set state = 'approved', decided_by = 'ann', decided_at = now() where id = ${id}`),
    ).rejects.toMatchObject({ constraint: 'overdraft_proposals_two_persons' })
  })

  test('waits once for a wallet, is listed, and is dropped', async () => {
    const wallet = await fundedWallet(database, 0n)
    const id = await propose(wallet, 5n * unit)
    await expect(propose(wallet, 6n * unit, 'bob')).rejects.toMatchObject({ code: 'already_exists' })
    const { rows } = await listOverdraftProposals(database, { limit: 100 })
    expect(rows.find((one) => one.id === id)).toMatchObject({
      walletCode: 'USD-1',
      limit: 5n * unit,
      proposedBy: 'ann',
    })
    await reject(id, 'ann')
    expect((await reject(id, 'bob')).repeated).toBe(true)
    await expect(approve(id, 'bob')).rejects.toMatchObject({ code: 'decided_otherwise' })
    expect(await limitOf(wallet)).toBe(0n)
    await propose(wallet, 6n * unit)
  })

  test.each([-1n, 10n ** 18n + 1n])('of %s is refused', async (limit) => {
    const wallet = await fundedWallet(database, 0n)
    await expect(change(wallet, limit)).rejects.toMatchObject({ code: 'validation_failed' })
  })

  test('is not given by a proposal that is not there', async () => {
    await expect(approve(newId(), 'bob')).rejects.toMatchObject({ code: 'proposal_not_found' })
  })
})

test('less credit takes one person', async () => {
  const wallet = await fundedWallet(database, 0n, 50n * unit)
  expect(await change(wallet, 20n * unit)).toMatchObject({ wallet: { overdraftLimit: 20n * unit } })
  expect(await change(wallet, 0n)).toMatchObject({ wallet: { allowOverdraft: false } })
})

test('less credit and the approval of more of it, at once, wait for each other and never both', async () => {
  for (let trial = 0; trial < 30; trial += 1) {
    const wallet = await fundedWallet(database, 0n)
    const id = await propose(wallet, 50n * unit)
    const ends = await Promise.allSettled([change(wallet, 0n, 'cid'), approve(id, 'bob')])
    const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'decided_otherwise' })
    expect(await limitOf(wallet)).toBe(0n)
  }
})

test('a proposal that waits does not outlive a lowering', async () => {
  const wallet = await fundedWallet(database, 0n, 20n * unit)
  const id = await propose(wallet, 50n * unit)
  await change(wallet, 5n * unit, 'bob')
  await expect(approve(id, 'cid')).rejects.toMatchObject({ code: 'decided_otherwise' })
  expect(await limitOf(wallet)).toBe(5n * unit)
})
