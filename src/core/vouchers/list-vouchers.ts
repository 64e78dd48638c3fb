import type { Db } from '../../platform/database.ts'
import { parseId } from '../../values/ids.ts'
import type { VoucherId } from '../../values/ids.ts'
import { keysetPage } from '../../platform/keyset.ts'
import type { PageRequest } from '../../platform/keyset.ts'
import type { Page } from '../../values/page.ts'
import type { Voucher } from './voucher.ts'
import { selectVouchersOf } from './vouchers.sql.ts'

/** For operators: the vouchers of a telephone number, whoever issued them, newest first. Throws Failure validation_failed for a foreign cursor. */
export async function listVouchers(db: Db, phone: string, request: PageRequest): Promise<Page<Voucher>> {
  return keysetPage<Voucher>(
    {
      name: 'vouchers of a telephone',
      filters: { phone },
      keyShapes: [(text) => parseId(text) !== undefined],
      keyOf: ({ id }) => [id],
      find: (position, limit) =>
        selectVouchersOf(
          db,
          phone,
          position === undefined
            ? undefined
            : { id: position.key[0] as VoucherId, isBackwards: position.direction === 'before' }, // Its shape was checked.
          limit,
        ),
    },
    request,
  )
}
