import { Failure } from '../values/failure.ts'
import type { FailureCode } from '../values/failure.ts'
import { isCollision, isDatabaseDown } from './database.ts'

/**
 * Whatever was thrown while a request was served, as a Failure: itself, `unavailable` when the database is away or has ended one of two
 * transactions that waited for each other, the caller's mistakes that the HTTP layer found, and `internal` for all that nobody expected. The cause stays for the log.
 */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  // Before the database: a client that hangs up in its body looks like any other connection that was reset.
  const code = httpErrorCode(error)
  if (code !== undefined) return new Failure(code, { cause: error })
  if (isDatabaseDown(error))
    return new Failure('unavailable', {
      retryAfterSeconds: 1,
      cause: error,
      internal: 'the database is away',
    })
  if (isCollision(error))
    return new Failure('unavailable', {
      retryAfterSeconds: 1,
      cause: error,
      internal: 'two transactions were in each other’s way',
    })
  return new Failure('internal', { cause: error })
}

/** What a caller got wrong, by the HTTP layer's own name for it. */
const codes: ReadonlyMap<string, FailureCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'malformed_body'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'malformed_body'],
  ['FST_ERR_NOT_FOUND', 'route_not_found'],
])

function httpErrorCode(error: unknown): FailureCode | undefined {
  if (!(error instanceof Error)) return undefined
  const known = 'code' in error ? codes.get(String(error.code)) : undefined
  if (known !== undefined) return known
  // Fastify marks the rest of what is the client's doing: a body that ends early, a wrong length, an address it cannot decode.
  const isClients =
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode >= 400 &&
    error.statusCode < 500
  return isClients ? 'bad_request' : undefined
}
