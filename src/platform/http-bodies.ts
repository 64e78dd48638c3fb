import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Failure } from '../values/failure.ts'
import { isStorableJson, parseJson } from '../values/json.ts'

/**
 * Makes JSON the only body that a scope reads: strict UTF-8, numbers with all their digits, nothing that the database could not
 * store. A dialect that speaks another type adds its own parser in its scope. An empty body is no body.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    let body: unknown
    try {
      body = readBody(request, bytes)
    } catch (error) {
      done(error instanceof Error ? error : new Failure('malformed_body'))
      return
    }
    done(null, body)
  })
}

function readBody(request: FastifyRequest, bytes: Buffer): unknown {
  // Nobody reads what was sent to an address that does not exist; the answer is about the address.
  if (bytes.length === 0 || request.is404) return undefined
  refuseEncodings(request)
  if (!isUtf8(bytes))
    throw new Failure('malformed_body', { sentence: 'The request body is not valid UTF-8.' })
  const body = parse(bytes.toString('utf8'))
  if (typeof body !== 'object' || body === null) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'body', sentence: 'The request body must be a JSON object.' }],
    })
  }
  if (!isStorableJson(body)) {
    throw new Failure('malformed_body', {
      sentence: 'The request body holds characters that cannot be stored, or is nested too deeply.',
    })
  }
  return body
}

function refuseEncodings(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
  if (encoding !== undefined && encoding !== 'identity')
    throw new Failure('unsupported_media_type', { sentence: 'The request body must not be compressed.' })
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new Failure('unsupported_media_type', { sentence: 'The request body must be JSON in UTF-8.' })
  }
}

/** Whatever the parser throws is the body's fault: a syntax error, or a nesting that exhausts the stack. */
function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    throw new Failure('malformed_body')
  }
}
