import type { PayerConnector } from '../core/checkout/payer.ts'
import type { HttpClient } from '../platform/http.ts'
import { httpLender } from './http-lender/payer.ts'
import { sandboxBank } from './sandbox-bank/payer.ts'
import { sandboxLender } from './sandbox-lender/payer.ts'

/** Every way in which this installation can ask somebody to pay in a buyer's place: the simulated ones first. */
export const payerConnectors: readonly PayerConnector<HttpClient>[] = [sandboxLender, sandboxBank, httpLender]
