import { isUtf8 } from 'node:buffer'
import { Failure } from '../../../values/failure.ts'
import { isStorableJson } from '../../../values/json.ts'
import type { DialectApp } from '../../dialect.ts'
import { parseForm } from '../forms.ts'
import { hmacHeader } from '../signature.ts'

/** Lets forms be bodies beside JSON. */
export function readForms(app: DialectApp): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (_request: unknown, bytes: Buffer) => {
      if (!isUtf8(bytes))
        throw new Failure('malformed_body', { sentence: 'The request body is not valid UTF-8.' })
      const form = parseForm(bytes.toString('utf8'))
      if (!isStorableJson(form))
        throw new Failure('malformed_body', { sentence: 'The form holds characters that cannot be stored.' })
      return form
    },
  )
}

/** Puts the vendor's header on every answer to a GET whose caller is known, refusals among them: its clients believe no other. */
export function signAnswers(app: DialectApp): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const caller: typeof request.caller | undefined = request.caller
    if (request.method === 'GET' && caller?.secret !== undefined && typeof payload === 'string')
      reply.headers(hmacHeader(caller.secret, payload))
    return payload
  })
}
