import type { Dialect } from './dialect.ts'
import { giftapi } from './giftapi/dialect.ts'
import { giftpesa } from './giftpesa/dialect.ts'
import { house } from './house/dialect.ts'
import { iascroft } from './iascroft/dialect.ts'
import { iwocapay } from './iwocapay/dialect.ts'
import { vendify } from './vendify/dialect.ts'

/** Every wire format that this installation speaks. */
export const dialects: readonly Dialect[] = [giftapi, giftpesa, iascroft, vendify, iwocapay, house]
