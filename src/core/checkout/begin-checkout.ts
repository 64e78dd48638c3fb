import type { Tx } from '../../platform/database.ts'
import type { CheckoutId } from '../../values/ids.ts'
import type { KeyRing } from '../keys/ring.ts'
import { changeStatus } from './change-status.ts'

/** The buyer has begun. False, and nothing happened: had begun before, or it is too late. */
export async function beginCheckout(tx: Tx, keyRing: KeyRing, id: CheckoutId): Promise<boolean> {
  return (await changeStatus(tx, keyRing, id, { status: 'pending', when: 'in_time' })) !== undefined
}
