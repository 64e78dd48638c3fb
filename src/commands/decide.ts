import { countOpenDecisions, openDecisions } from '../core/checkout/open-decisions.ts'
import type { OpenPayer, PayerConnector } from '../core/checkout/payer.ts'
import type { Config } from '../platform/config.ts'
import { openHttpClient } from '../platform/http.ts'
import type { HttpClient } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { OpenThings } from '../platform/shutdown.ts'
import type { Engine } from './engine.ts'

/** Opens payers by the connectors that their accounts name, with the client by which they are called. */
export function payerOpener(
  { config, payers }: { readonly config: Config; readonly payers: readonly PayerConnector<HttpClient>[] },
  things: OpenThings,
): OpenPayer {
  const http = openHttpClient({ allowLoopback: config.allowLoopback })
  things.add("the payers' connections", () => http.close())
  const { environment } = config
  return (name, settings) => payers.find((one) => one.name === name)?.open(settings, { http, environment })
}

/** Starts asking payers about orders that buyers have agreed to, and paying sellers. */
export function decide(
  options: {
    readonly open: OpenPayer
    readonly engine: Pick<Engine, 'database' | 'keyRing'>
    readonly metrics: Metrics
    readonly log: Log
  },
  things: OpenThings,
): void {
  const { open, engine, metrics, log } = options
  const { database, keyRing } = engine
  const countAnswer = metrics.counter(
    'scrip_payer_answers_total',
    'What payers said, by what they were asked.',
    ['payer', 'asked', 'answer'],
  )
  const onAnswer = (payer: string, asked: string, answer: string): void =>
    countAnswer({ payer, asked, answer })
  const decisions = openDecisions({ database, keyRing, open, log, onAnswer })
  things.add('decisions about orders', () => decisions.stop())
  const read = async (pick: 'count' | 'oldestSeconds') =>
    Object.fromEntries((await countOpenDecisions(database)).map((one) => [one.state, one[pick]]))
  metrics.readings(
    'scrip_checkout_decisions_open',
    'Orders that buyers have agreed to and that are not decided yet, in all processes.',
    'state',
    () => read('count'),
  )
  metrics.readings(
    'scrip_checkout_decisions_oldest_seconds',
    'How long ago the oldest of them was agreed to.',
    'state',
    () => read('oldestSeconds'),
  )
}
