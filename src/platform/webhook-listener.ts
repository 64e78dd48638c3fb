import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came in. */
export type IncomingWebhook = {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type WebhookListener = {
  readonly port: number
  close(): Promise<void>
}

/**
 * A small server for a developer's machine, on the loopback address only: it hands each request on and answers it. A body of more than
 * 1 MiB is answered 413. Throws what the system says when the port cannot be had.
 *
 * @param answer gives the status for a request
 */
export async function listenForWebhooks(
  port: number,
  answer: (webhook: IncomingWebhook) => Promise<number>,
): Promise<WebhookListener> {
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    answerTo(request, answer).then(
      (status) => response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}\n`),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port, // A TCP server's address is no string.
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerTo(
  request: IncomingMessage,
  answer: (webhook: IncomingWebhook) => Promise<number>,
): Promise<number> {
  const body = await readBody(request)
  return body === undefined ? 413 : answer({ ...headOf(request), body })
}

function headOf(request: IncomingMessage): Omit<IncomingWebhook, 'body'> {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers) as Record<string, string>, // Pairs of texts, as above.
  }
}

/** Undefined: it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= bytesMost) chunks.push(chunk)
  }
  return size > bytesMost ? undefined : Buffer.concat(chunks).toString('utf8')
}

const bytesMost = 1_048_576
