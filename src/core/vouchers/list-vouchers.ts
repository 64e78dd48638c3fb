import type { Db } from '../../platform/database.ts'
import { parseId } from '../../values/ids.ts'
import type { PartnerId, VoucherId } from '../../values/ids.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Voucher } from './voucher.ts'
import { selectVouchersOf } from './vouchers.sql.ts'

/**
 * A partner's own vouchers, newest first; with a telephone number (E.164) those on it alone. Throws Failure validation_failed for a
 * foreign cursor.
 */
export function listVouchersOfPartner(
  db: Db,
  filter: { readonly partnerId: PartnerId; readonly phone: string | undefined },
  request: PageRequest,
): Promise<Page<Voucher>> {
  return list(db, filter, request)
}

/** For operators: the vouchers of a telephone number, whoever issued them, newest first. Throws Failure validation_failed for a foreign cursor. */
export function listVouchers(db: Db, phone: string, request: PageRequest): Promise<Page<Voucher>> {
  return list(db, { phone, partnerId: undefined }, request)
}

function list(
  db: Db,
  filter: { readonly partnerId: PartnerId | undefined; readonly phone: string | undefined },
  request: PageRequest,
): Promise<Page<Voucher>> {
  return keysetPage<Voucher>(
    {
      name: 'vouchers',
      filters: filter,
      keyShapes: [(text) => parseId(text) !== undefined],
      keyOf: ({ id }) => [id],
      find: (position, limit) =>
        selectVouchersOf(
          db,
          filter,
          position === undefined
            ? undefined
            : { id: position.key[0] as VoucherId, isBackwards: position.direction === 'before' }, // Its shape was checked.
          limit,
        ),
    },
    request,
  )
}
