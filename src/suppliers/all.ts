import type { Connector } from '../core/fulfilment/supplier.ts'
import type { HttpClient } from '../platform/http.ts'
import { esimSandbox } from './esim-sandbox/supplier.ts'
import { giftpesa } from './giftpesa/supplier.ts'
import { iascroft } from './iascroft/supplier.ts'
import { sandbox } from './sandbox/supplier.ts'
import { scrip } from './scrip/supplier.ts'
import { vendify } from './vendify/supplier.ts'

/** Every wire format in which this installation can buy: the simulated ones first. */
export const connectors: readonly Connector<HttpClient>[] = [
  sandbox,
  esimSandbox,
  giftpesa,
  iascroft,
  scrip,
  vendify,
]
