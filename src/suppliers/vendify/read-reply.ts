import { HttpTrouble } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { Reply } from './client.ts'

/** The body of a good answer to a call that moves nothing. Throws Failure unavailable for any other. */
export async function readReply<Body>(
  call: () => Promise<Reply>,
  schema: { Check(value: unknown): value is Body },
): Promise<Body> {
  const { status, body } = await call().catch((cause: unknown) => {
    if (!(cause instanceof HttpTrouble)) throw cause
    throw new Failure('unavailable', { internal: cause.message, cause })
  })
  if (status === 200 && schema.Check(body)) return body
  throw new Failure('unavailable', { internal: `the supplier answers HTTP ${status} in a way we cannot use` })
}
