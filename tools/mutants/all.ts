import { checkoutMutants } from './checkout.ts'
import { fulfilmentMutants } from './fulfilment.ts'
import { holderMutants } from './holders.ts'
import { merchantMutants } from './merchants.ts'
import { moneyMutants } from './money.ts'
import type { Mutant } from './mutant.ts'
import { resellerMutants } from './resellers.ts'
import { retentionMutants } from './retention.ts'
import { settlementMutants } from './settlements.ts'
import { voucherMutants } from './vouchers.ts'

/** Every mutant, in the order in which they are tried. */
export const mutants: readonly Mutant[] = [
  ...fulfilmentMutants,
  ...merchantMutants,
  ...checkoutMutants,
  ...voucherMutants,
  ...holderMutants,
  ...settlementMutants,
  ...resellerMutants,
  ...retentionMutants,
  ...moneyMutants,
]
