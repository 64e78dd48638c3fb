import { setTimeout as sleep } from 'node:timers/promises'
import { BadSetting } from '../platform/config.ts'
import { openLog } from '../platform/log.ts'
import { listenForWebhooks } from '../platform/webhook-listener.ts'
import type { IncomingWebhook, WebhookListener } from '../platform/webhook-listener.ts'
import { isWebhookSecret, verifyWebhook } from '../platform/webhook-signatures.ts'
import { command } from './command.ts'
import type { Printable } from './context.ts'
import { BadUsage, option, requiredOption, wholeNumber } from './params.ts'
import type { Reader } from './params.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { facts } from './table.ts'

const webhookSecret: Reader<string> = (given) => {
  if (!isWebhookSecret(given)) throw new BadUsage('must be the secret of an endpoint, whsec_ and base64')
  return given
}

export const listen = command({
  name: 'listen',
  summary: 'Receive webhooks on this machine, check their signatures and print them.',
  details: [
    'It needs no database. Give its address to "scrip webhooks add"; a sandbox on this machine may call it (SCRIP_ALLOW_LOOPBACK). With --answer you see what happens when a receiver fails. With --json each event is a line.',
  ],
  examples: [
    'webhooks listen --port 4000 --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'webhooks listen --port 4000 --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw --answer 500',
  ],
  params: {
    port: option('--port <n>', 'where it listens, on 127.0.0.1 (4000)', wholeNumber(0, 65_535), 4_000),
    secret: requiredOption('--secret <secret>', 'the secret of the endpoint', webhookSecret),
    answer: option('--answer <status>', 'the status that it answers (200)', wholeNumber(200, 599), 200),
    delayMs: option('--delay-ms <n>', 'how long it lets the sender wait (0)', wholeNumber(0, 600_000), 0),
  },
  async run(context, { port, secret, answer, delayMs }) {
    const log = openLog(context.isVerbose ? 'debug' : 'error')
    await runUntilStopped(log, 0, async (things) => {
      const listener = await open(port, async (webhook) => {
        context.print(describe(webhook, secret))
        await sleep(delayMs)
        return answer
      })
      things.add('listener', () => listener.close())
      const url = `http://127.0.0.1:${listener.port}/`
      context.print({ json: { url }, text: [`Listening on ${url}`, 'Ctrl-C stops it.', ''] })
    })
    return undefined
  },
})

/** Throws BadSetting where the port cannot be had. */
async function open(
  port: number,
  answer: (webhook: IncomingWebhook) => Promise<number>,
): Promise<WebhookListener> {
  try {
    return await listenForWebhooks(port, answer)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BadSetting(`Port ${port} of this machine cannot be listened on: ${reason}.`, { cause: error })
  }
}

function describe({ method, path, headers, body }: IncomingWebhook, secret: string): Printable {
  const verdict = verifyWebhook(secret, headers, body)
  const reason = verdict.isValid ? undefined : verdict.reason
  const eventId = headers['webhook-id']
  return {
    json: { isValid: verdict.isValid, reason, eventId, method, path, headers, body },
    text: [
      `${verdict.isValid ? 'valid' : 'INVALID'}  ${method} ${printable(path)}`,
      ...facts({ Event: eventId, Reason: reason }).map(printable),
      ...facts(headers).map((line) => `  ${printable(line)}`),
      '',
      ...pretty(body).split('\n').map(printable),
      '',
    ],
  }
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    return body
  }
}

/** Whoever finds the port must not be able to steer the terminal. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '�')
}
