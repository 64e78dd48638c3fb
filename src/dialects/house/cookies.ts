import { stringifySetCookie } from 'cookie'
import type { Side } from '../../core/users/user.ts'

/** What the cookie of a session is called; over https with the prefix that lets no other host set it (RFC 6265bis, 4.1.3.2). */
export function cookieName(side: Side, publicUrl: string): string {
  const name = side === 'operator' ? 'scrip_console' : 'scrip_portal'
  return isHttps(publicUrl) ? `__Host-${name}` : name
}

/** The header that gives a browser its session, or takes it away (an empty token). */
export function sessionCookie(side: Side, publicUrl: string, token: string, lifeSeconds: number): string {
  return stringifySetCookie({
    name: cookieName(side, publicUrl),
    value: token,
    path: '/',
    httpOnly: true,
    secure: isHttps(publicUrl),
    sameSite: 'strict',
    maxAge: lifeSeconds,
  })
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}
