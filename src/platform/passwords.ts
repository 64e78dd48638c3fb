import crypto, { randomBytes } from 'node:crypto'
import { Failure } from '../values/failure.ts'
import { equalInConstantTime } from './secrets.ts'

/**
 * A password's hash as a PHC string: "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>". Memory, passes and lanes are the least that OWASP's Password
 * Storage Cheat Sheet recommends for Argon2id.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await digest(password, salt, { memory, passes, lanes })
  return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${bare(salt)}$${bare(hash)}`
}

/** Whether a password is the one that was hashed. Without a hash the same work is done, and the answer is no: time tells nobody who is known. */
export async function isPassword(hash: string | undefined, password: string): Promise<boolean> {
  const read = phc.exec(hash ?? nobodys)
  if (read === null) throw new Error('A stored password hash cannot be read.')
  const [, m, t, p, salt = '', expected = ''] = read
  const costs = { memory: Number(m), passes: Number(t), lanes: Number(p) }
  const found = await digest(password, Buffer.from(salt, 'base64'), costs)
  return equalInConstantTime(found, Buffer.from(expected, 'base64')) && hash !== undefined
}

type Costs = { readonly memory: number; readonly passes: number; readonly lanes: number }

async function digest(password: string, salt: Buffer, { memory, passes, lanes }: Costs): Promise<Buffer> {
  // Where no newer Node can be had, all but signing in works.
  const argon2: typeof crypto.argon2 | undefined = crypto.argon2
  if (argon2 === undefined)
    throw new Failure('unavailable', {
      internal: 'Passwords need Node 24.7 or newer.',
      retryAfterSeconds: 3_600,
    })
  await takeTurn()
  try {
    // NFKC, so that a password is the same whichever keyboard it was typed on (NIST SP 800-63B, 3.1.1.2).
    const message = Buffer.from(password.normalize('NFKC'), 'utf8')
    const parameters = { message, nonce: salt, parallelism: lanes, tagLength: 32, memory, passes }
    return await new Promise((resolve, reject) =>
      argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error))),
    )
  } finally {
    passTurn()
  }
}

/** So many at once: each takes 19 MiB and a thread of the pool that files and names are looked up with, too. */
const atOnce = 2
/** As many take some ten seconds: whoever comes later had better come again. */
const waitingMost = 200
let running = 0
const waiting: (() => void)[] = []

async function takeTurn(): Promise<void> {
  if (running < atOnce) {
    running += 1
    return
  }
  if (waiting.length >= waitingMost)
    throw new Failure('unavailable', { internal: 'too many passwords at once', retryAfterSeconds: 2 })
  // The turn is handed over: `running` stays as it is.
  await new Promise<void>((resolve) => waiting.push(resolve))
}

function passTurn(): void {
  const next = waiting.shift()
  if (next === undefined) running -= 1
  else next()
}

function bare(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

const memory = 19_456
const passes = 2
const lanes = 1
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
/** Of no password: what is compared where nobody is known. */
const nobodys = `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${bare(Buffer.alloc(16))}$${bare(Buffer.alloc(32))}`
