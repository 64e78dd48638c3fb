import { isUuid } from '../../platform/cursor.ts'
import type { Db } from '../../platform/database.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import { Failure } from '../../values/failure.ts'
import type { CheckoutId, PartnerId } from '../../values/ids.ts'
import type { Page } from '../../values/page.ts'
import type { Checkout, CheckoutStatus } from './checkout.ts'
import { selectCheckout, selectCheckouts } from './checkouts.sql.ts'
import type { Decision } from './decision.ts'
import { selectDay, selectDecision } from './decisions.sql.ts'
import { selectInstalments } from './instalments.sql.ts'
import type { StoredInstalment } from './instalments.sql.ts'

/** An order by its id, of one partner or of all. Throws Failure order_not_found, also where it is another partner's. */
export async function findCheckout(
  db: Db,
  id: CheckoutId | undefined,
  partnerId?: PartnerId,
): Promise<Checkout> {
  const found = id === undefined ? undefined : await selectCheckout(db, id)
  if (found === undefined || (partnerId !== undefined && found.partnerId !== partnerId))
    throw new Failure('order_not_found')
  return found
}

/** Whether somebody pays for an order; undefined: nobody was asked. */
export async function findDecision(db: Db, id: CheckoutId): Promise<Decision | undefined> {
  return selectDecision(db, id)
}

/** The day with which payments begin that are agreed to now: the database's, whatever the clock of this machine says. */
export async function findDay(db: Db): Promise<string> {
  return selectDay(db)
}

/** What is owed for an order that was paid out, in its order. */
export async function listInstalments(db: Db, id: CheckoutId): Promise<StoredInstalment[]> {
  return selectInstalments(db, id)
}

/** A page of a partner's orders, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listCheckouts(
  db: Db,
  filter: { readonly partnerId: PartnerId; readonly status: CheckoutStatus | undefined },
  request: PageRequest,
): Promise<Page<Checkout>> {
  return keysetPage(
    {
      name: 'checkouts',
      filters: filter,
      keyShapes: [isUuid],
      keyOf: ({ id }) => [id],
      find: (position, limit) => selectCheckouts(db, filter, position, limit),
    },
    request,
  )
}
