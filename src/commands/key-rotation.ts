import { rotateDataKey } from '../core/keys/rotate-data-key.ts'
import { rotateMasterKey } from '../core/keys/rotate-master-key.ts'
import { findPartner } from '../core/partners/find-partner.ts'
import { BadSetting, readMasterKey, readPreviousMasterKeys } from '../platform/config.ts'
import { finishKeyFileRotation, prepareKeyFileRotation } from '../platform/key-files.ts'
import { command } from './command.ts'
import { BadUsage, flag, option } from './params.ts'
import { partnerReference } from './references.ts'

export const rotateMaster = command({
  name: 'rotate-master',
  summary: 'Bring all data keys under the current master key.',
  details: [
    'With a key in SCRIP_MASTER_KEY: put the new key there and the former one into SCRIP_MASTER_KEY_PREVIOUS, restart every process with both, run this command, then take the former key away.',
    'With the key file of the data directory: stop every process and run this command with --new-key-file. It makes a new key, brings everything under it and keeps the former file as master.key.old until you delete it. Interrupted, it goes on when it is run again.',
    'Backups need the master key of their time: keep former keys as long as the backups.',
  ],
  examples: ['key rotate-master', 'key rotate-master --new-key-file'],
  params: { newKeyFile: flag('--new-key-file', 'make a new key file in the data directory first') },
  async run(context, { newKeyFile }) {
    const { dataDir } = context.config
    const previous = readPreviousMasterKeys()
    const database = await context.database()
    const options = { actor: context.actor }
    if (!newKeyFile) {
      if (previous.length === 0)
        throw new BadSetting(
          'SCRIP_MASTER_KEY_PREVIOUS holds no former key. Put it there, or use --new-key-file.',
        )
      const rewrapped = await rotateMasterKey(
        database,
        { current: readMasterKey(dataDir), previous },
        options,
      )
      return {
        json: { rewrapped },
        text: [
          `${rewrapped} data keys were brought under the current master key. SCRIP_MASTER_KEY_PREVIOUS is not needed any more.`,
        ],
      }
    }
    const former = readMasterKey(dataDir)
    const current = prepareKeyFileRotation(dataDir)
    const rewrapped = await rotateMasterKey(database, { current, previous: [former, ...previous] }, options)
    const { file, formerFile } = finishKeyFileRotation(dataDir)
    return {
      json: { rewrapped, file, formerFile },
      text: [
        `${rewrapped} data keys were brought under the new master key in ${file}.`,
        `The former key is in ${formerFile}: keep it with the backups of its time, then delete it.`,
      ],
    }
  },
})

export const rotateData = command({
  name: 'rotate-data',
  summary: 'Give a partner, or the stock, a new data key for what is encrypted from now on.',
  details: ['What was encrypted before stays under its former key and opens as ever.'],
  examples: ['key rotate-data --partner ops@acme.example', 'key rotate-data --stock'],
  params: {
    partner: option('--partner <partner>', "the partner's id, number or e-mail address", partnerReference),
    stock: flag('--stock', 'the key of the codes in stock'),
  },
  async run(context, { partner, stock }) {
    if ((partner === undefined) !== stock) throw new BadUsage('Give either --partner or --stock.')
    const database = await context.database()
    const owner = partner === undefined ? 'stock' : (await findPartner(database, partner)).id
    const masters = { current: readMasterKey(context.config.dataDir), previous: readPreviousMasterKeys() }
    const dataKeyId = await database.inTransaction((tx) =>
      rotateDataKey(tx, masters, { owner, actor: context.actor }),
    )
    return { json: { owner, dataKeyId }, text: [`The new data key is ${dataKeyId}.`] }
  },
})
