import type { Tx } from '../../platform/database.ts'
import { newId } from '../../platform/ids.ts'
import { Failure } from '../../values/failure.ts'
import { isTimeZone } from '../../values/time-zone.ts'
import type { FieldProblem } from '../../values/failure.ts'
import type { PartnerId } from '../../values/ids.ts'
import { isStorableJson } from '../../values/json.ts'
import type { Locale } from '../../values/locale.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { isRateLimit } from './partner.ts'
import type { Partner } from './partner.ts'
import { insertPartner } from './partners.sql.ts'
import { rateLimitSentence } from './set-rate-limit.ts'

export type CreatePartner = {
  readonly name: string
  readonly email: string
  /** The language of texts that a call does not choose; English by default. */
  readonly locale?: Locale | undefined
  /** An IANA name, "Africa/Lagos"; UTC by default. */
  readonly timeZone?: string | undefined
  /** Undefined: no limit. */
  readonly requestsPerMinute?: number | undefined
  readonly actor?: string | undefined
}

/** Makes an active partner without wallet or credential. Throws Failure validation_failed. */
export async function createPartner(tx: Tx, command: CreatePartner): Promise<Partner> {
  const { locale = 'en', timeZone = 'UTC', requestsPerMinute, actor = 'system' } = command
  const name = command.name.trim()
  const email = command.email.trim()
  const fields = problemsOf({ name, email, timeZone, requestsPerMinute })
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  const partner = await insertPartner(tx, {
    id: newId<PartnerId>(),
    name,
    email,
    locale,
    timeZone,
    requestsPerMinute,
  })
  await recordAudit(tx, {
    actor,
    action: 'partner.created',
    partnerId: partner.id,
    subject: partner.id,
    details: { name, email, number: partner.number, requestsPerMinute },
  })
  return partner
}

function problemsOf(partner: {
  readonly name: string
  readonly email: string
  readonly timeZone: string
  readonly requestsPerMinute: number | undefined
}): FieldProblem[] {
  const problems: FieldProblem[] = []
  if (partner.name === '' || partner.name.length > 200 || !isStorableJson(partner.name)) {
    problems.push({ field: 'name', sentence: 'The name must be 1 to 200 characters of text.' })
  }
  if (
    !/^[^\s@]+@[^\s@]+$/.test(partner.email) ||
    partner.email.length > 254 ||
    !isStorableJson(partner.email)
  ) {
    problems.push({ field: 'email', sentence: 'The e-mail address is not valid.' })
  }
  if (!isTimeZone(partner.timeZone)) {
    problems.push({
      field: 'time_zone',
      sentence: 'The time zone must be an IANA name such as "Africa/Lagos".',
    })
  }
  if (!isRateLimit(partner.requestsPerMinute))
    problems.push({ field: 'requests_per_minute', sentence: rateLimitSentence })
  return problems
}
