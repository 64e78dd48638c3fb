import type { Attempt } from './attempt.ts'
import type { Speaker } from './speaker.ts'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  readonly tookMs: number
}

/** What is wrong with an answer, whatever was asked; nothing: it is one that a client can work with. */
export function findFaults(speaker: Speaker, { operation }: Attempt, answer: Answer): string[] {
  const { status, headers, text, tookMs } = answer
  const faults: string[] = []
  // Headers that are too large are refused before anybody reads whom they are for.
  if (status === 431) return faults
  if (status >= 500) faults.push(`answered ${status}`)
  if (tookMs > longestMs) faults.push(`took ${Math.round(tookMs)} ms`)
  if (typeof headers['x-request-id'] !== 'string') faults.push('has no request id')
  if (status < 400) return faults
  if (!String(headers['content-type']).includes('json'))
    faults.push(`failed as ${String(headers['content-type'])}`)
  else if (!speaker.isFailure(parse(text))) faults.push('failed in another envelope than its dialect’s')
  if (leaks.test(text)) faults.push('tells of the inside')
  if (text.length > textMost) faults.push(`failed at length: ${text.length} characters`)
  if (status === 405 && operation.method === 'GET') faults.push('documents a method that it refuses')
  return faults
}

/** Words of the inside that no client should read. */
const leaks =
  /node_modules|node:|\bat \/|\.ts:\d|\bpg_|postgres|fastify|typebox|FST_ERR|ECONN|syntax error at|violates .* constraint/i

const longestMs = 15_000
const textMost = 100_000

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
