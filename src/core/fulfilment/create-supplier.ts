import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { SupplierId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Currency } from '../../values/money.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { ConnectorSettings } from './supplier.ts'
import { announceSuppliers, insertSupplier } from './suppliers.sql.ts'

export type CreateSupplier = {
  /** "scrip-kenya": small letters, digits, hyphens; at most 32. It stays. */
  readonly code: string
  readonly name: string
  readonly connector: string
  /** As the connector has read them: their shape is checked. */
  readonly settings: ConnectorSettings
  readonly currency: Currency
  /** 0 to 10,000, the least is asked first; 100 by default. */
  readonly priority?: number | undefined
  /** Calls at a time from one process, 1 to 1,000; 8 by default. */
  readonly concurrency?: number | undefined
  readonly actor: string
}

/** Opens an account with somebody to buy from. Throws Failure validation_failed, already_exists (the code is taken). */
export async function createSupplier(
  tx: Tx,
  keyRing: KeyRing,
  { actor, ...given }: CreateSupplier,
): Promise<SupplierId> {
  const { code, priority = 100, concurrency = 8 } = given
  const fields = [...problemsOf(given), ...limitProblems({ priority, concurrency })]
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const id = newId<SupplierId>()
  const sealed = keyRing.sealForStock(JSON.stringify(given.settings), id)
  const row = {
    ...given,
    id,
    priority,
    concurrency,
    settings: sealed.ciphertext,
    dataKeyId: sealed.dataKeyId,
  }
  if (!(await insertSupplier(tx, row))) throw new Failure('already_exists')
  await announceSuppliers(tx)
  await recordAudit(tx, {
    actor,
    action: 'supplier.created',
    subject: id,
    details: { code, connector: given.connector },
  })
  return id
}

/** What is wrong with the limits of an account. */
export function limitProblems(given: {
  readonly priority?: number | undefined
  readonly concurrency?: number | undefined
}): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (!isWhole(given.priority ?? 0, 0, 10_000))
    problems.push({ field: 'priority', sentence: 'The priority must be a whole number from 0 to 10000.' })
  if (!isWhole(given.concurrency ?? 1, 1, 1_000))
    problems.push({
      field: 'concurrency',
      sentence: 'The concurrency must be a whole number from 1 to 1000.',
    })
  return problems
}

/** What is wrong with the name of an account. */
export function nameProblems(name: string): FieldProblem[] {
  const isName = name.trim() !== '' && name.length <= 200 && isStorableJson(name)
  return isName ? [] : [{ field: 'name', sentence: 'The name must be 1 to 200 characters of text.' }]
}

function problemsOf({ code, name }: Pick<CreateSupplier, 'code' | 'name'>): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(code))
    problems.push({
      field: 'code',
      sentence:
        'The code must begin with a small letter and have at most 32 small letters, digits and hyphens.',
    })
  return [...problems, ...nameProblems(name)]
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
