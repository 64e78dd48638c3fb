import type { GatewayId } from '../../values/ids.ts'
import type { Locale } from '../../values/locale.ts'

/** Who answers the menu of a telephone company through us, without its token: which number calls, it says. */
export type Gateway = {
  readonly id: GatewayId
  readonly name: string
  /** In which language its menu speaks. */
  readonly locale: Locale
  readonly tokenHint: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly revokedAt: Date | undefined
}
