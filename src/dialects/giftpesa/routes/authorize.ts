import { openSignIn } from '../../../core/partners/open-sign-in.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { isStampOfNow, zoneOf } from '../mapping/days.ts'
import { AuthorizeReply } from '../wire/authorize.ts'
import { refusals } from '../wire/envelope.ts'

/** GET /authorize  an access token for an encrypted API key */
export function authorizeRoutes(app: DialectApp, { database, keyRing }: Services): void {
  const signIn = openSignIn(database, keyRing)
  const schema = {
    tags: ['Authentication'],
    summary: 'Get an access token',
    description: '`Username` and `Authorization: Basic <base64 of the encrypted API_KEY:yyyyMMddHHmmss>`.',
    security: [],
    response: { 200: AuthorizeReply, ...refusals() },
  }
  app.get('/authorize', { schema, config: { open: true } }, async (request) => {
    const { username, authorization = '' } = request.headers
    const given = /^basic +([A-Za-z0-9+/_=-]{1,2048})$/i.exec(authorization)?.[1] ?? ''
    const { token, lifeSeconds } = await signIn({
      dialect: 'giftpesa',
      // Whatever is missing goes the way of what is wrong.
      username: typeof username === 'string' ? username : '',
      ciphertext: Buffer.from(given, 'base64'),
      address: request.ip,
      read: readClaim,
    })
    return { Token: token, access_token: token, ExpiresIn: lifeSeconds, TokenType: 'Bearer' as const }
  })
}

/** "API_KEY:yyyyMMddHHmmss" */
function readClaim(text: string, nowMs: number, timeZone: string) {
  const end = text.lastIndexOf(':')
  const isNow = isStampOfNow(text.slice(end + 1), nowMs, zoneOf(timeZone))
  return { token: text.slice(0, Math.max(end, 0)), isNow }
}
