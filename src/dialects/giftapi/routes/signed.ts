import type { FastifyRequest } from 'fastify'
import { Failure } from '../../../values/failure.ts'
import type { FieldProblem } from '../../../values/failure.ts'
import { checkSignature, readSignature } from '../auth.ts'

/** What is signed beside the timestamp and the external id, and where it stands in the request. */
export type SignedSubject = { readonly field: string; readonly value: unknown }

type Hook = (request: FastifyRequest, reply: unknown, done: () => void) => void

/**
 * A hook that runs before validation: who cannot sign learns nothing about what a body should look like, beyond the two texts that the
 * signature is made of. A body without them cannot be signed at all, and its problems are told instead.
 */
export function requireSignatureOver(subjectOf: (request: FastifyRequest) => SignedSubject): Hook {
  return (request, _reply, done) => {
    const signature = readSignature(request.headers, Date.now())
    const externalId = externalIdIn(request.body)
    const subject = subjectOf(request)
    if (typeof externalId !== 'string' || typeof subject.value !== 'string') {
      const wanted = [{ field: 'external_id', value: externalId }, subject]
      throw new Failure('validation_failed', { fields: wanted.flatMap(problemOf) })
    }
    checkSignature(signature, request.caller, subject.value, externalId)
    done()
  }
}

function problemOf({ field, value }: SignedSubject): FieldProblem[] {
  if (typeof value === 'string') return []
  return [{ field, sentence: `The ${field} field is required and must be a string.` }]
}

function externalIdIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'external_id' in body ? body.external_id : undefined
}
