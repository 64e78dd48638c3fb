import { Failure } from '../../../values/failure.ts'
import { toFieldName } from '../mapping/disbursements.ts'

/** Does what the core does, and has its complaints about fields in this wire's words. */
export async function inOurWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'validation_failed') throw error
    const fields = error.fields.map(({ field, sentence }) => ({ field: toFieldName(field), sentence }))
    throw new Failure('validation_failed', { fields, cause: error })
  }
}
