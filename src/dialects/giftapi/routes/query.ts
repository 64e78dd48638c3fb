import type { FastifyRequest } from 'fastify'

/** An empty query parameter counts as absent: clients that build "?cursor=&per_page=50" from what they have mean the first page. */
export async function emptyQueryIsAbsent(request: FastifyRequest): Promise<void> {
  const { query } = request
  if (typeof query !== 'object' || query === null) return
  const entries = Object.entries(query)
  const given = entries.filter(([, value]) => value !== '')
  if (given.length < entries.length) request.query = Object.fromEntries(given)
}
