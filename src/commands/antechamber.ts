import { openHttpServer } from '../platform/http-server.ts'
import { BadSetting } from '../platform/config.ts'
import type { Config } from '../platform/config.ts'

/** Holds the server's port while the server is being made. */
export type Antechamber = {
  /** The port that was taken: the one asked for, or a free one where that was 0. */
  readonly port: number
  /** Gives the port free. */
  close(): Promise<void>
}

/**
 * Takes the port before anything else is done, so that a port in use is told at once, and whoever watches the process gets answers
 * while a database starts or is waited for: /healthz says that it lives, all else is 503. Throws BadSetting.
 */
export async function openAntechamber(config: Pick<Config, 'host' | 'port'>): Promise<Antechamber> {
  const notReady = { status: 'not ready' }
  const app = openHttpServer({
    trustProxy: false,
    drainMs: 100,
    badAddress: (_error, _request, reply) =>
      void reply.code(400).send({ error: 'The address cannot be read.' }),
  })
  app.get('/healthz', () => ({ status: 'ok' }))
  app.setErrorHandler((_error, _request, reply) => reply.code(503).header('retry-after', 1).send(notReady))
  app.setNotFoundHandler((_request, reply) => reply.code(503).header('retry-after', 1).send(notReady))
  try {
    const address = await app.listen({ host: config.host, port: config.port })
    return { port: Number(new URL(address).port), close: () => app.close() }
  } catch (error) {
    throw new BadSetting(refusalOf(error, config), { cause: error })
  }
}

function refusalOf(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken by another program. Stop that one, or choose another with PORT.`
  if (code === 'EACCES') return `This user may not listen on port ${port}. Choose one above 1023 with PORT.`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST is "${host}", which is no address of this machine.`
  return `The server cannot listen on ${host}, port ${port}: ${error instanceof Error ? error.message : String(error)}`
}
