import type { FastifyReply, FastifyRequest } from 'fastify'

/** An empty query parameter counts as absent: clients that build "?cursor=&per_page=50" from what they have mean the first page. */
export function emptyQueryIsAbsent(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const query: unknown = request.query
  if (typeof query === 'object' && query !== null && Object.values(query).includes(''))
    request.query = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''))
  done()
}
