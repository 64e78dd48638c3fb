#!/usr/bin/env node
// Runs a development tool with the Node that runs the product: `node bin/tool.js vitest run`, `… check`, `… bench orders`.
import { join } from 'node:path'
import { fail, findTool, nodeForTypeScript, prepare, root, runInstead } from './launcher.js'

/** The words that are our own TypeScript programs; every other word is a program of node_modules. */
const ownTools = {
  check: 'tools/check.ts',
  bench: 'bench/main.ts',
  mutants: 'tools/mutants.ts',
  abuse: 'test/abuse/main.ts',
  chaos: 'test/chaos/main.ts',
  cluster: 'test/cluster/main.ts',
}

const [name, ...args] = process.argv.slice(2)

try {
  if (name === undefined)
    throw new Error(
      'Name the tool to run: node bin/tool.js check | bench | mutants | abuse | chaos | cluster | <program of node_modules>',
    )
  await prepare({ development: true })
  process.chdir(root)
  const node = nodeForTypeScript(root)
  const tool = Object.hasOwn(ownTools, name)
    ? { path: join(root, ownTools[name]), native: false }
    : findTool(root, name)
  if (tool.native) await runInstead(tool.path, args)
  else await runInstead(node, [tool.path, ...args])
} catch (error) {
  fail(error)
}
