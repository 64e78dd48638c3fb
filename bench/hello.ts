import { fastify } from 'fastify'

/** The yardstick of the catalogue's benchmark: Fastify as its own documentation begins, in a process of its own. */
const app = fastify()
app.get('/', () => ({ hello: 'world' }))
const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.send?.(address)
