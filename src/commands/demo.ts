import { claimEnvironment } from '../core/installation/claim-environment.ts'
import { BadSetting } from '../platform/config.ts'
import { demoFile, readDemoFile } from '../platform/demo-file.ts'
import { command } from './command.ts'
import { ensureDemoWorld } from './demo-world.ts'

export const demo = command({
  name: 'demo',
  summary: 'Make the demo world of a sandbox (catalogue, stock, a funded partner), or complete it.',
  details: [
    'The keys to try it with are in demo.json in the data directory, which only its owner can read; --json prints them.',
  ],
  examples: ['demo', 'demo --json'],
  params: {},
  async run(context) {
    const { config } = context
    if (config.environment !== 'sandbox')
      throw new BadSetting('SCRIP_ENVIRONMENT is live: a demo world is for the sandbox.')
    const database = await context.database()
    await claimEnvironment(database, config.environment)
    const { dataDir, publicUrl } = config
    await ensureDemoWorld(
      { database, keyRing: await context.keyRing(), dataDir, publicUrl },
      context.progress('Making the demo world'),
    )
    const file = demoFile(dataDir)
    return {
      json: { file, ...readDemoFile(dataDir) },
      text: [`The demo world is ready. Its keys are in ${file}.`],
    }
  },
})
