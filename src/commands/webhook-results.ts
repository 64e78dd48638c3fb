import type { Attempt, Delivery, Endpoint, IssuedEndpoint } from '../core/webhooks/webhook.ts'
import type { Result } from './command.ts'
import { facts, table } from './table.ts'

/** A new secret, the only time that it is seen. */
export function issuedEndpointResult({ endpoint, secret }: IssuedEndpoint): Result {
  return {
    json: { endpoint, secret, shownOnce: true },
    text: [...endpointFacts(endpoint), '', `Secret  ${secret}`, 'It is shown this once: keep it now.'],
  }
}

export function endpointFacts(endpoint: Endpoint): string[] {
  return facts({
    Endpoint: endpoint.id,
    URL: endpoint.url,
    Dialect: endpoint.dialect,
    Events: endpoint.events.join(', '),
    Description: endpoint.description === '' ? undefined : endpoint.description,
    State: stateOf(endpoint),
    'Fails since': endpoint.failingSince?.toISOString(),
    'Rests until': endpoint.restsUntil?.toISOString(),
    'Old secret until': endpoint.previousSecretUntil?.toISOString(),
    Made: endpoint.createdAt.toISOString(),
  })
}

export function endpointTable(endpoints: readonly Endpoint[]): string[] {
  const rows = endpoints.map((one) => [
    one.dialect,
    one.url,
    one.events.join(' '),
    stateOf(one),
    String(one.failuresInARow),
    one.id,
  ])
  return table(
    ['Dialect', 'URL', 'Events', 'State', 'Failures', 'Id'],
    rows,
    'There are no webhook endpoints.',
  )
}

export function deliveryTable(deliveries: readonly Delivery[]): string[] {
  const rows = deliveries.map((one) => [
    one.createdAt.toISOString(),
    one.type,
    one.state,
    String(one.triesEver),
    one.dueAt?.toISOString() ?? '',
    one.orderId ?? '',
    one.eventId,
  ])
  return table(
    ['At', 'Type', 'State', 'Tries', 'Next try', 'Order', 'Event'],
    rows,
    'No event went to this endpoint.',
  )
}

export function attemptTable(attempts: readonly Attempt[]): string[] {
  const rows = attempts.map((one) => [
    String(one.number),
    one.attemptedAt.toISOString(),
    one.durationMs.toFixed(1),
    one.status === undefined ? '' : String(one.status),
    one.error ?? oneLine(one.response ?? ''),
  ])
  return table(['No.', 'At', 'ms', 'Status', 'Answer'], rows, 'It was not tried yet.')
}

function stateOf({ state, disabledReason, disabledAt }: Endpoint): string {
  return state === 'disabled' ? `disabled ${disabledAt?.toISOString() ?? ''}: ${disabledReason ?? ''}` : state
}

/** What somebody else's server said, without the power to move a terminal's cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 80)
}
