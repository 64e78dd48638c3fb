import type { Db, Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { PayerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { KeyRing } from '../keys/ring.ts'
import type { PayerKind, PayerSettings } from './payer.ts'
import { insertPayer, selectPayerByCode, selectPayers, updatePayerSettings } from './payers.sql.ts'
import type { PayerAccount } from './payers.sql.ts'

export type CreatePayer = {
  /** The operator's short name for it: "bank-of-shops". */
  readonly code: string
  readonly name: string
  readonly kind: PayerKind
  readonly connector: string
  /** What its connector has read. */
  readonly settings: PayerSettings
  readonly actor: string
}

/** Makes somebody known who pays in the buyer's place. Throws Failure validation_failed, already_exists (the code is taken). */
export async function createPayer(tx: Tx, keyRing: KeyRing, command: CreatePayer): Promise<PayerId> {
  const { actor, ...given } = command
  const { code, name, kind, connector } = given
  const problems: FieldProblem[] = []
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(code)) {
    const sentence =
      'The code must begin with a small letter and have at most 32 small letters, digits and hyphens.'
    problems.push({ field: 'code', sentence })
  }
  if (name.trim() === '' || name.length > 200 || !isStorableJson(name))
    problems.push({ field: 'name', sentence: 'The name must be 1 to 200 characters of text.' })
  if (problems.length > 0) throw new Failure('validation_failed', { fields: problems })
  const id = newId<PayerId>()
  const settings = keyRing.sealForStock(JSON.stringify(given.settings), id)
  if (!(await insertPayer(tx, { ...given, id, settings }))) throw new Failure('already_exists')
  await recordAudit(tx, { actor, action: 'payer.created', subject: id, details: { code, kind, connector } })
  return id
}

/** Gives a payer other settings: a new key, another address. Throws Failure payer_not_found. */
export async function changePayerSettings(
  tx: Tx,
  keyRing: KeyRing,
  command: { readonly code: string; readonly settings: PayerSettings; readonly actor: string },
): Promise<void> {
  const { id } = await findPayer(tx, command.code)
  await updatePayerSettings(tx, id, keyRing.sealForStock(JSON.stringify(command.settings), id))
  const { code, actor } = command
  await recordAudit(tx, { actor, action: 'payer.changed', subject: id, details: { code } })
}

/** Throws Failure payer_not_found. */
export async function findPayer(db: Db, code: string): Promise<PayerAccount> {
  const found = await selectPayerByCode(db, code)
  if (found === undefined) throw new Failure('payer_not_found')
  return found
}

/** Everybody who pays in buyers' places, by code; never their settings. */
export async function listPayers(db: Db): Promise<PayerAccount[]> {
  return selectPayers(db)
}
