import { openDatabaseHome } from '../platform/database-home.ts'
import { command } from './command.ts'
import { setUpDatabase } from './database-setup.ts'

export const migrate = command({
  name: 'migrate',
  summary: "Bring the database's tables up to this version; run it before new servers and workers start.",
  details: [
    'Migrations only go forward, each in a transaction; two that run at once do no harm. It uses DATABASE_DIRECT_URL where DATABASE_URL leads through a pooler of transactions, as the login that owns the tables.',
  ],
  examples: ['migrate', 'migrate --json'],
  params: {},
  async run(context) {
    const home = await openDatabaseHome(context.config, 'make', context.log)
    try {
      const applied = await setUpDatabase(home, context.config.databaseRole, context.log)
      const text =
        applied.length === 0
          ? ['Nothing to do: the database is up to date.']
          : applied.map((name) => `Applied ${name}`)
      return { json: { applied }, text }
    } finally {
      await home.close()
    }
  },
})
