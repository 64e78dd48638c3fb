import { isUtf8 } from 'node:buffer'
import { Failure } from '../../../values/failure.ts'
import { isStorableJson } from '../../../values/json.ts'
import type { DialectApp } from '../../dialect.ts'

/** Lets forms be bodies in this scope; of a name that stands twice, the last counts. */
export function readForms(app: DialectApp): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (_request: unknown, bytes: Buffer) => {
      if (!isUtf8(bytes))
        throw new Failure('malformed_body', { sentence: 'The request body is not valid UTF-8.' })
      const fields = [...new URLSearchParams(bytes.toString('utf8'))]
      const form: Record<string, string> = Object.fromEntries(fields)
      if (fields.length > fieldsMost || !isStorableJson(form))
        throw new Failure('malformed_body', { sentence: 'The form cannot be read.' })
      return form
    },
  )
}

/** A form is no larger than a page can make it. */
export const formBytesMost = 8_192
const fieldsMost = 20
