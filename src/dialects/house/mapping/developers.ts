import type { Call as CoreCall } from '../../../core/calls/call.ts'
import type { Credential, IssuedCredential } from '../../../core/partners/credential.ts'
import type {
  Attempt as CoreAttempt,
  Delivery as CoreDelivery,
  Endpoint as CoreEndpoint,
} from '../../../core/webhooks/webhook.ts'
import type { Attempt, Call, Delivery, Endpoint, IssuedKey, Key } from '../wire/developers.ts'
import { toInstant, toInstantOrNull } from './shared.ts'

export function toKey(key: Credential): Key {
  return {
    id: key.id,
    format: key.dialect,
    label: key.label,
    hint: key.tokenHint,
    username: key.username ?? null,
    has_secret: key.hasSecret,
    has_key_pair: key.hasKeyPair,
    scopes: [...key.scopes],
    addresses: [...key.allowedAddresses],
    created_at: toInstant(key.createdAt),
    expires_at: toInstantOrNull(key.expiresAt),
    revoked_at: toInstantOrNull(key.revokedAt),
  }
}

export function toIssuedKey(key: IssuedCredential): IssuedKey {
  return {
    id: key.credentialId,
    token: key.token,
    secret: key.secret ?? null,
    private_key: key.privateKey ?? null,
    nonce_prefix: key.noncePrefix ?? null,
    username: key.username ?? null,
    encryption_key: key.encryptionKey ?? null,
  }
}

export function toEndpoint(endpoint: CoreEndpoint): Endpoint {
  return {
    id: endpoint.id,
    format: endpoint.dialect,
    url: endpoint.url,
    events: [...endpoint.events],
    description: endpoint.description,
    state: endpoint.state,
    disabled_reason: endpoint.disabledReason ?? null,
    failures_in_a_row: endpoint.failuresInARow,
    previous_secret_until: toInstantOrNull(endpoint.previousSecretUntil),
    created_at: toInstant(endpoint.createdAt),
  }
}

export function toDelivery(delivery: CoreDelivery): Delivery {
  return {
    event_id: delivery.eventId,
    type: delivery.type,
    order_id: delivery.orderId ?? null,
    state: delivery.state,
    tries: delivery.triesEver,
    due_at: toInstantOrNull(delivery.dueAt),
    created_at: toInstant(delivery.createdAt),
    ended_at: toInstantOrNull(delivery.endedAt),
  }
}

export function toAttempt(attempt: CoreAttempt): Attempt {
  return {
    number: attempt.number,
    at: toInstant(attempt.attemptedAt),
    duration_ms: attempt.durationMs,
    status: attempt.status ?? null,
    error: attempt.error ?? null,
    response: attempt.response ?? null,
  }
}

export function toCall(call: CoreCall): Call {
  return {
    id: call.id,
    at: toInstant(call.calledAt),
    partner_id: call.partnerId ?? null,
    format: call.dialect,
    method: call.method,
    path: call.path,
    status: call.status,
    duration_ms: call.durationUs / 1_000,
    address: call.address,
  }
}

/** With what was sent and answered, masked as it is kept. */
export function toOpenedCall(call: CoreCall) {
  return { ...toCall(call), request: call.request ?? null, response: call.response ?? null }
}
