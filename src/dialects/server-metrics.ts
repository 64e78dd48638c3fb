import type { CallLog } from '../core/calls/call.ts'
import { openMetrics } from '../platform/metrics.ts'
import type { Metrics, Series } from '../platform/metrics.ts'
import type { Services } from './dialect.ts'

/** Series by the first digit of the status. */
export type Durations = (status: number) => Series

/** What this server counts; each thing is counted in one place. */
export type ServerMetrics = Metrics & {
  durationsOf(dialect: string, method: string, route: string): Durations
  countFailure(labels: { readonly dialect: string; readonly code: string }): void
  /** The services, with orders counted by what came of them. */
  readonly services: Services
}

/** Opens the metrics of one server over the things that it watches. */
export function openServerMetrics(
  services: Services,
  callLog: CallLog,
  metrics: Metrics = openMetrics(),
): ServerMetrics {
  const durations = metrics.durations(
    'scrip_http_request_duration_seconds',
    "Time from the request's headers to its answer, by route and status.",
  )
  const batches = metrics.durations(
    'scrip_order_batch_duration_seconds',
    'Time that one batch of orders took in the database.',
  )({})
  const countFailure = metrics.counter(
    'scrip_http_failures_total',
    'Calls answered with a failure, by its code.',
    ['dialect', 'code'],
  )
  const countOrder = metrics.counter('scrip_orders_total', 'Orders by what came of them.', [
    'dialect',
    'outcome',
  ])
  const { pool } = services.database
  metrics.reading(
    'scrip_call_log_dropped_total',
    'Calls that the API log did not keep.',
    () => callLog.dropped(),
    true,
  )
  metrics.reading('scrip_database_connections', 'Connections of the pool.', () => pool.totalCount)
  metrics.reading(
    'scrip_database_connections_idle',
    'Connections of the pool that nobody uses.',
    () => pool.idleCount,
  )
  metrics.reading('scrip_database_waiting', 'Statements that wait for a connection.', () => pool.waitingCount)
  services.orders.onBatch ??= (_size, milliseconds) => batches(milliseconds / 1_000)
  return {
    ...metrics,
    countFailure,
    durationsOf(dialect, method, route) {
      const series = ['1xx', '2xx', '3xx', '4xx', '5xx'].map((status) =>
        durations({ dialect, method, route, status }),
      )
      return (status) => series[Math.floor(status / 100) - 1] ?? ignore
    },
    services: { ...services, orders: countOrders(services.orders, countOrder) },
  }
}

const ignore: Series = () => undefined

function countOrders(
  desk: Services['orders'],
  count: (labels: { dialect: string; outcome: string }) => void,
): Services['orders'] {
  return {
    ...desk,
    async submit(command) {
      try {
        const answer = await desk.submit(command)
        count({
          dialect: command.dialect,
          outcome: answer.outcome === 'repeat' && !answer.sameRequest ? 'conflict' : answer.outcome,
        })
        return answer
      } catch (error) {
        count({ dialect: command.dialect, outcome: 'failed' })
        throw error
      }
    },
  }
}
