import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { RawNumber } from '../../../values/json.ts'
import { exactDecimal, nullable, oneOf, success } from './envelope.ts'

export const EsimPath = Type.Object({
  iccid: Type.String({ description: 'eSIM ICCID.', examples: ['8944422711108338982'] }),
})

export const TopUpBody = Type.Object({
  external_id: Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Your unique order identifier, among orders and top-ups.',
    examples: ['topup-12345'],
  }),
  sku_uuid: Type.Optional(
    nullable(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'The package to add; by default that of the original purchase.',
        examples: ['029bc0dd-8562-7173-afd9-a5cc534fafb8'],
      }),
    ),
  ),
})
export type TopUpBody = Static<typeof TopUpBody>

const Package = Type.Object({
  id: Type.String({ examples: ['pkg_123'] }),
  name: Type.String({ examples: ['10GB Europe Data'] }),
  data_total: exactDecimal('In `data_unit`.', 10),
  data_remaining: exactDecimal('In `data_unit`.', 8.5),
  data_unit: Type.Literal('GB'),
  activated_at: nullable(Type.String({ format: 'date-time', examples: ['2026-01-15T10:00:00Z'] })),
  expires_at: nullable(Type.String({ format: 'date-time', examples: ['2026-02-15T10:00:00Z'] })),
  status: Type.String({ examples: ['active'] }),
})

const Network = Type.Object({
  country_name: Type.String({ examples: ['United Kingdom'] }),
  country_code: Type.String({ examples: ['GB'] }),
  network_name: Type.String({ examples: ['Vodafone'] }),
})

export const EsimStatus = Type.Object({
  esim_id: Type.String({ format: 'uuid', examples: ['6c4045e5-e041-400e-ada1-b5320e20f01d'] }),
  iccid: Type.String({ examples: ['8944422711108338982'] }),
  status: oneOf(['Released', 'Installed', 'Active', 'Depleted', 'Expired'], 'How it is doing.'),
  qr_code: nullable(Type.String({ examples: ['LPA:1$smdp.example.com$ABC-123-DEF'] })),
  can_renew: Type.Boolean(),
  last_bundle: nullable(Type.String({ examples: ['10GB Global Data'] })),
  data_balance: Type.Object({
    total_gb: exactDecimal('Of all packages that have not ended.', 10),
    remaining_gb: exactDecimal('What is left of it.', 8.5),
    unit: Type.Literal('GB'),
  }),
  active_packages: Type.Array(Package),
  coverage: Type.Array(Network),
})
export type EsimStatus = Static<typeof EsimStatus>
/** A number of gigabytes with exactly its digits. */
export type Gigabytes = RawNumber

export const EsimStatusReply = success(EsimStatus)
