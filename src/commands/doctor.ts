import { chooseRole, openDatabaseHome } from '../platform/database-home.ts'
import { openDatabase } from '../platform/database.ts'
import { readConfig } from '../platform/config.ts'
import type { Config } from '../platform/config.ts'
import { command } from './command.ts'
import type { Context } from './context.ts'
import { databaseFindings, installationFindings } from './doctor-database.ts'
import { describeError } from './errors.ts'
import { machineFindings } from './doctor-machine.ts'
import { fail, ok } from './finding.ts'
import type { Finding } from './finding.ts'

export const doctor = command({
  name: 'doctor',
  summary: 'Look whether everything is as it should be, and say what to do where it is not.',
  details: [
    'Changes nothing. The exit code is 1 if anything is marked fail. An embedded database that does not run is started for the time of the examination.',
  ],
  examples: ['doctor', 'doctor --json'],
  params: {},
  async run(context) {
    const findings = await examine(context)
    const count = (state: Finding['state']): number =>
      findings.filter((finding) => finding.state === state).length
    return {
      json: { findings, ok: count('fail') === 0 },
      text: [
        ...findings.flatMap(linesOf),
        '',
        `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed.`,
      ],
      ok: count('fail') === 0,
    }
  },
})

async function examine(context: Context): Promise<Finding[]> {
  const settings = readSettings()
  if ('finding' in settings) return [...(await machineFindings(undefined)), settings.finding]
  const { config } = settings
  const findings = [
    ...(await machineFindings(config)),
    ok('settings', `${config.environment}, ${config.publicUrl}`),
  ]
  try {
    const home = await openDatabaseHome(config, 'use', context.log)
    try {
      const options = {
        url: home.directUrl,
        poolSize: 2,
        statementTimeoutMs: 60_000,
        applicationName: 'scrip doctor',
      }
      const plain = openDatabase(options)
      try {
        const server = await databaseFindings(plain, config)
        findings.push(...server.findings)
        if (!server.isMigrated) return findings
      } finally {
        await plain.close()
      }
      const database = openDatabase({
        ...options,
        role: await chooseRole(home, config.databaseRole, context.log),
      })
      try {
        findings.push(...(await installationFindings(database, config)))
      } finally {
        await database.close()
      }
    } finally {
      await home.close()
    }
  } catch (error) {
    findings.push(
      fail('database', describeError(error).message, 'Nothing that is in the database could be looked at.'),
    )
  }
  return findings
}

function readSettings(): { readonly config: Config } | { readonly finding: Finding } {
  try {
    return { config: readConfig() }
  } catch (error) {
    return {
      finding: fail(
        'settings',
        describeError(error).message,
        'Set it right in the environment or in .env; nothing else could be looked at.',
      ),
    }
  }
}

function linesOf({ name, state, detail, advice }: Finding): string[] {
  const marks = { ok: 'ok   ', warn: 'WARN ', fail: 'FAIL ' } as const
  const line = `${marks[state]} ${name.padEnd(14)} ${detail}`
  return advice === undefined ? [line] : [line, `      ${' '.repeat(14)} → ${advice}`]
}
