import { pino } from 'pino'
import type { Logger } from 'pino'

export type Log = Logger

/**
 * The process's log: one JSON object a line on standard error, so that a command's output stays clean.
 * Fields that could hold a secret are masked by name, whoever logs them.
 */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' },
    },
    pino.destination({ dest: 2, sync: false }),
  )
}

const secretFields = [
  'authorization',
  'password',
  'token',
  'secret',
  'partnerSecret',
  'apiKey',
  'privateKey',
  'pin',
  'masterKey',
  'plaintext',
]
