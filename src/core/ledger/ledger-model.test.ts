import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fundedWallet, insertOrder } from '../../../test/books.ts'
import { createTestDatabase } from '../../../test/database.ts'
import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { HoldId, OrderId } from '../../values/ids.ts'
import { checkLedger } from './check-ledger.ts'
import { findWallet } from './find-wallet.ts'
import { holdFunds } from './hold-funds.ts'
import type { PostedKind, Wallet } from './ledger.ts'
import { postTransfer } from './post-transfer.ts'
import { releaseHold } from './release-hold.ts'
import { rollUpAccounts } from './roll-up-accounts.ts'
import { setOverdraft } from './set-overdraft.ts'
import { settleHold } from './settle-hold.ts'
import { trialBalance } from './trial-balance.ts'

/**
 * Generated sequences of everything that moves money, against a model of a few lines: after each command, outcome and wallet must
 * be the model's. SCRIP_MODEL_COMMANDS sets how many (100000 for a long run), SCRIP_MODEL_SEED where the sequences begin.
 */
const commandsWanted = Number(process.env['SCRIP_MODEL_COMMANDS'] ?? 2_500)
const firstSeed = Number(process.env['SCRIP_MODEL_SEED'] ?? 20_260_101)

type Command =
  | { readonly type: 'post'; readonly kind: PostedKind; readonly amount: bigint; readonly reference: number }
  | { readonly type: 'hold'; readonly hold: number; readonly amount: bigint }
  | { readonly type: 'settle'; readonly hold: number; readonly amount: bigint }
  | { readonly type: 'release'; readonly hold: number }
  | { readonly type: 'overdraft'; readonly allow: boolean; readonly limit: bigint }

const { database } = await createTestDatabase()

test(
  'whatever is asked for in whatever order, wallets are what the model says and the books are right',
  { timeout: 60_000 + commandsWanted * 20 },
  async () => {
    let executed = 0
    for (let seed = firstSeed; executed < commandsWanted; seed += 1) {
      const property = fc.asyncProperty(
        fc.array(sequence, { minLength: 1, maxLength: 4 }),
        async (sequences) => {
          await Promise.all(sequences.map((commands) => run(commands)))
          executed += sequences.reduce((sum, { length }) => sum + length, 0)
        },
      )
      await fc.assert(property, { seed, numRuns: 5 })
    }
    expect(outcomesSeen.size, [...outcomesSeen].join(' ')).toBeGreaterThanOrEqual(outcomesLeast)
    await rollUpAccounts(database)
    const report = await checkLedger(database)
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
    expect((await trialBalance(database)).balanced).toBe(true)
  },
)

// Small numbers, so that limits are met all the time and references and holds come again.
const amount = fc.bigInt({ min: -2n, max: 40n })
const small = fc.nat({ max: 7 })
const kinds = ['topup', 'withdrawal', 'refund', 'adjustment'] as const
const regular = [
  { type: 'post', kind: 'topup', amount: 20n, reference: 101 },
  { type: 'post', kind: 'withdrawal', amount: -15n, reference: 102 },
  { type: 'post', kind: 'refund', amount: 3n, reference: 103 },
  { type: 'post', kind: 'adjustment', amount: -1n, reference: 104 },
] as const
const sequence: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('post' as const),
      kind: fc.constantFrom(...kinds),
      amount: fc.bigInt({ min: -30n, max: 30n }),
      reference: fc.nat({ max: 40 }),
    }),
    // Always the same for a reference, so that true repeats come up.
    fc.constantFrom(...regular),
    fc.record({ type: fc.constant('hold' as const), hold: small, amount }),
    fc.record({
      type: fc.constant('settle' as const),
      hold: small,
      amount: fc.bigInt({ min: -1n, max: 6n }),
    }),
    fc.record({ type: fc.constant('release' as const), hold: small }),
    fc.record({ type: fc.constant('overdraft' as const), allow: fc.boolean(), limit: amount }),
  ),
  { minLength: 1, maxLength: 120, size: 'max' },
)

const outcomesSeen = new Set<string>()
/** Each command succeeds, is repeated where it can be, and is refused for each of its reasons; with fewer, the sequences were too tame. */
const outcomesLeast = 22

async function run(commands: readonly Command[]): Promise<void> {
  const wallet = await fundedWallet(database, 0n)
  const model = new Model()
  const ids = Array.from({ length: 8 }, () => ({ holdId: newId<HoldId>(), orderId: newId<OrderId>() }))
  for (const command of commands) {
    const expected = model.apply(command)
    const outcome = await execute(wallet, ids, command)
    expect(outcome, fc.stringify(command)).toBe(expected)
    outcomesSeen.add(`${command.type}:${outcome}`)
    const { balance, reserved, allowOverdraft, overdraftLimit } = await findWallet(
      database,
      wallet.partnerId,
      wallet.id,
    )
    const { allow, limit } = model
    expect({ balance, reserved, allowOverdraft, overdraftLimit }).toEqual({
      balance: model.balance,
      reserved: model.reserved,
      allowOverdraft: allow,
      overdraftLimit: limit,
    })
  }
}

/** "ok", "repeated" or the code of the refusal. */
async function execute(
  wallet: Wallet,
  ids: readonly { readonly holdId: HoldId; readonly orderId: OrderId }[],
  command: Command,
): Promise<string> {
  try {
    return await database.inTransaction(async (tx) =>
      (await act(tx, wallet, ids, command)).repeated ? 'repeated' : 'ok',
    )
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}

async function act(
  tx: Tx,
  wallet: Wallet,
  ids: readonly { readonly holdId: HoldId; readonly orderId: OrderId }[],
  command: Command,
): Promise<{ repeated: boolean }> {
  const owner = { partnerId: wallet.partnerId, walletId: wallet.id }
  if (command.type === 'post') {
    const { kind, amount } = command
    return postTransfer(tx, { ...owner, kind, amount, reference: `r${command.reference}`, actor: 'test' })
  }
  if (command.type === 'overdraft') {
    await setOverdraft(tx, {
      ...owner,
      allowOverdraft: command.allow,
      overdraftLimit: command.limit,
      actor: 'test',
    })
    return { repeated: false }
  }
  const hold = ids[command.hold]
  if (hold === undefined) throw new Error('There is no such hold.')
  if (command.type === 'hold') return holdFunds(tx, { ...owner, ...hold, amount: command.amount })
  if (command.type === 'release') return releaseHold(tx, { partnerId: owner.partnerId, holdId: hold.holdId })
  const settled = await settleHold(tx, {
    partnerId: owner.partnerId,
    holdId: hold.holdId,
    amount: command.amount,
  })
  if (!settled.repeated)
    await insertOrder(tx, { wallet, id: hold.orderId, status: 'completed', total: command.amount })
  return settled
}

/** What a wallet is, without a database. */
class Model {
  balance = 0n
  reserved = 0n
  allow = false
  limit = 0n
  readonly references = new Map<number, string>()
  readonly holds = new Map<number, { amount: bigint; state: 'open' | 'released' | bigint }>()

  apply(command: Command): string {
    if (command.type === 'post') return this.post(command.kind, command.amount, command.reference)
    if (command.type === 'hold') return this.hold(command.hold, command.amount)
    if (command.type === 'settle') return this.settle(command.hold, command.amount)
    if (command.type === 'release') return this.release(command.hold)
    if (command.limit < 0n) return 'validation_failed'
    if (this.balance - this.reserved + (command.allow ? command.limit : 0n) < 0n) return 'overdraft_in_use'
    this.allow = command.allow
    this.limit = command.limit
    return 'ok'
  }

  get available(): bigint {
    return this.balance - this.reserved + (this.allow ? this.limit : 0n)
  }

  post(kind: PostedKind, amount: bigint, reference: number): string {
    const sign = { topup: 1n, refund: 1n, withdrawal: -1n, adjustment: amount < 0n ? -1n : 1n }[kind]
    if (amount * sign <= 0n) return 'validation_failed'
    const first = this.references.get(reference)
    if (first !== undefined) return first === `${kind} ${amount}` ? 'repeated' : 'transfer_conflict'
    if (this.available + amount < 0n) return 'insufficient_funds'
    this.references.set(reference, `${kind} ${amount}`)
    this.balance += amount
    return 'ok'
  }

  hold(id: number, amount: bigint): string {
    if (amount <= 0n) return 'validation_failed'
    const first = this.holds.get(id)
    if (first !== undefined) return first.amount === amount ? 'repeated' : 'transfer_conflict'
    if (this.available < amount) return 'insufficient_funds'
    this.holds.set(id, { amount, state: 'open' })
    this.reserved += amount
    return 'ok'
  }

  settle(id: number, amount: bigint): string {
    if (amount <= 0n) return 'validation_failed'
    const hold = this.holds.get(id)
    if (hold === undefined) return 'hold_not_found'
    if (hold.state !== 'open') return hold.state === amount ? 'repeated' : 'transfer_conflict'
    if (amount > hold.amount) return 'validation_failed'
    hold.state = amount
    this.reserved -= hold.amount
    this.balance -= amount
    return 'ok'
  }

  release(id: number): string {
    const hold = this.holds.get(id)
    if (hold === undefined) return 'hold_not_found'
    if (hold.state === 'released') return 'repeated'
    if (hold.state !== 'open') return 'transfer_conflict'
    hold.state = 'released'
    this.reserved -= hold.amount
    return 'ok'
  }
}
