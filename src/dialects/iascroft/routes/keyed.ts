import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerOnce } from '../../../core/idempotency/answer-once.ts'
import type { StoredAnswer } from '../../../core/idempotency/idempotency.ts'
import type { KeyRing } from '../../../core/keys/ring.ts'
import { findOrderByExternalId } from '../../../core/orders/find-order-by-external-id.ts'
import type { Database } from '../../../platform/database.ts'
import type { PartnerId } from '../../../values/ids.ts'
import { isStorableJson } from '../../../values/json.ts'
import { Failure } from '../../../values/failure.ts'
import type { Services } from '../../dialect.ts'
import { toSuccess } from '../mapping/envelope.ts'

/** The key under which a client may repeat its call; undefined: none was given. Throws Failure validation_failed. */
export function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['x-idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && isStorableJson(key) && key.length >= 1 && key.length <= 128) return key
  const sentence = 'X-Idempotency-Key must be 1 to 128 characters.'
  throw new Failure('validation_failed', { fields: [{ field: 'x-idempotency-key', sentence }] })
}

/**
 * Answers 201 with what `work` made. With an idempotency key the first answer is kept, and every repeat gets its bytes; `work` has to find
 * by itself what an earlier run of it made.
 */
export async function answerCreated(
  { database, keyRing }: Pick<Services, 'database' | 'keyRing'>,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<unknown>,
): Promise<string> {
  const create = async (): Promise<StoredAnswer> => ({
    status: 201,
    body: JSON.stringify(toSuccess(await work())),
  })
  const key = keyOf(request)
  const { answer, isReplayed } =
    key === undefined
      ? { answer: await create(), isReplayed: false }
      : await answerOnce(
          { database, keyRing },
          { partnerId: request.caller.partner.id, key, request: textOf(request) },
          create,
        )
  if (isReplayed) reply.header('Idempotent-Replayed', 'true')
  // It is JSON, which the API log masks as any other answer.
  request.isAnswerKept = true
  reply.code(answer.status).type('application/json; charset=utf-8')
  return answer.body
}

/** What makes two calls the same: where they go, and what their bodies say, in whatever order and layout. */
export function textOf({ method, routeOptions, body }: FastifyRequest): string {
  return `${method} ${routeOptions.url ?? ''} ${JSON.stringify(body, sorted) ?? ''}`
}

/** Throws Failure external_id_conflict where an order has the reference already. */
export async function refuseOrder(
  database: Database,
  keyRing: KeyRing,
  partnerId: PartnerId,
  externalId: string,
): Promise<void> {
  const order = await findOrderByExternalId(database, keyRing, partnerId, externalId).catch(
    (failure: unknown) => {
      if (failure instanceof Failure && failure.code === 'order_not_found') return undefined
      throw failure
    },
  )
  if (order !== undefined) throw new Failure('external_id_conflict')
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || 'rawJSON' in value) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
