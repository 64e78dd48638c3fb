import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { houseId } from '../../src/core/messages/message.ts'
import { findPartner } from '../../src/core/partners/find-partner.ts'
import { openSession } from '../../src/core/users/open-session.ts'
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.ts'
import { openDatabase, sql } from '../../src/platform/database.ts'
import { addPerson } from '../people-world.ts'
import { freePort, runScrip, startScrip } from '../scrip-process.ts'
import type { ScripProcess } from '../scrip-process.ts'

type Keys = Readonly<Record<string, string>>

const owner = 'owner@example.com'

/** A sandbox with its demo world and one server, and nothing that works in the background: money moves only when somebody calls. */
export type World = {
  readonly baseUrl: string
  readonly server: ScripProcess
  /** The demo's keys of a dialect. */
  keysOf(dialect: string): Keys
  /** Somebody new with every right, of the house, of a partner of their own, or of a partner that owns nothing, signed in. */
  signIn(side: 'partner' | 'operator' | 'stranger'): Promise<Keys>
  /** The keys of a partner that owns nothing, for a dialect. */
  strangerKeysOf(dialect: string): Promise<Keys>
  /** What stands in every wallet, as a text that is another one when money has moved. */
  readMoney(): Promise<string>
  /** Proves the books by `scrip ledger check`; answers what it said when they are not exact. */
  proveBooks(): Promise<string | undefined>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'scrip-abuse-'))
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'database') })
  const port = await freePort()
  const settings = {
    DATABASE_URL: postgres.url,
    SCRIP_DATA_DIR: dataDir,
    PORT: String(port),
    SCRIP_PATIENCE_MS: '0',
    SCRIP_LOG_LEVEL: 'warn',
  }
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await runScrip(args, settings)
    if (code !== 0) throw new Error(`scrip ${args.join(' ')} ended with ${code}: ${out}${err}`)
    return out
  }
  await run('migrate')
  await run('demo')
  const demo = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as Readonly<
    Record<string, Keys>
  >
  // Our own format's key is in no file: whoever signs in at the portal makes one.
  const house = JSON.parse(
    await run('key', 'create', 'partner@demo.example', '--dialect', 'house', '--scope', 'write', '--json'),
  ) as Keys
  const server = startScrip(['server'], settings)
  await server.announced
  const database = openDatabase({ url: postgres.url, poolSize: 4 })
  await run('partner', 'create', '--name', 'Stranger', '--email', 'stranger@example.com', '--wallet', 'USD')
  await run('partner', 'create', '--name', 'Owner', '--email', owner, '--wallet', 'USD')
  await run('wallet', 'open', owner, '--currency', 'KES')
  for (const wallet of ['USD-1', 'KES-1'])
    await run('wallet', 'credit', owner, wallet, '1000000', '--reference', `start ${wallet}`)
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    server,
    keysOf: (dialect) => (dialect === 'house' ? house : (demo[dialect] ?? {})),
    async signIn(side) {
      return database.inTransaction(async (tx) => {
        const partnerId =
          side === 'operator'
            ? houseId
            : (await findPartner(tx, { email: side === 'partner' ? owner : 'stranger@example.com' })).id
        const user = await addPerson(tx, { partnerId, role: side === 'operator' ? 'admin' : 'owner' })
        const { token } = await openSession(tx, user, { address: '127.0.0.1', agent: 'abuse' })
        return { session: token }
      })
    },
    async strangerKeysOf(dialect) {
      const made = JSON.parse(
        await run('key', 'create', 'stranger@example.com', '--dialect', dialect, '--json'),
      ) as Keys
      const { token = '', secret = '', privateKey = '' } = made
      return {
        ...made,
        apiKey: token,
        secretKey: token,
        accessToken: token,
        partnerSecret: secret,
        privateKey,
        publicKey: made['encryptionKey'] ?? '',
      }
    },
    async readMoney() {
      const rows = await database.query<Readonly<Record<string, unknown>>>(
        sql`
          select partner_id, id, balance, reserved, entry_count from wallets
          union all
          select partner_id, null, sum(balance), count(*), 0 from vouchers group by partner_id
          order by 1, 2 limit 1000`,
      )
      return rows.map((row) => Object.values(row).join(' ')).join('\n')
    },
    async proveBooks() {
      const { code, out, err } = await runScrip(['ledger', 'check', '--json'], settings)
      return code === 0 ? undefined : out + err
    },
    async close() {
      server.kill('SIGTERM')
      await server.ended
      await database.close()
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
