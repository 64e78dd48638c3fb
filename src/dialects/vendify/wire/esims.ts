import { Type } from 'typebox'
import type { Static } from 'typebox'

export const EsimPath = Type.Object({ iccid: Type.String({ examples: ['8943108165011804478'] }) })

export const SetupQuery = Type.Object({ card: Type.String({ maxLength: 500 }) })
export const BalanceQuery = Type.Object({
  iccid: Type.String({ maxLength: 22 }),
  account: Type.String({ pattern: String.raw`^\d{1,15}$` }),
  key: Type.String({ maxLength: 64 }),
})

export const EsimReply = Type.Object({
  id: Type.Integer({ description: 'A number that stays.' }),
  iccid: Type.String(),
  planName: Type.String(),
  status: Type.Union([
    Type.Literal('Pending Activation'),
    Type.Literal('Data started'),
    Type.Literal('Depleted'),
    Type.Literal('Expired'),
  ]),
  lastUpdated: Type.String(),
  validityInDays: Type.Integer(),
  totalDataAllowanceGb: Type.String({ examples: ['1.02'] }),
  remainingDataGb: Type.String({ examples: ['1.02'] }),
  message: Type.String(),
})
export type EsimReply = Static<typeof EsimReply>
