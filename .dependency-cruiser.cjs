// The walls of STYLE.md: which file may import which. `test/walls.test.ts` plants a violation of every rule below,
// so a rule that stops seeing anything fails the build as well. The rule about folders, `no-folder-cycles`, stands in
// `.dependency-cruiser-folders.cjs`.
const noun = '[a-z]+\\.ts$'
const test = '(\\.test\\.tsx?$|^test/)'
// A file that outgrows itself becomes a folder of its name: `wire.ts` and `wire/orders.ts` obey the same rule.
const part = (name) => `/${name}(\\.ts$|/)`
// A type import may resolve to the driver's own declarations or to @types; one that is not installed has no folder.
const driver = '(^|node_modules/)(@types/)?pg(/|$)'
const typebox = 'node_modules/(typebox|@fastify/type-provider-typebox)/'
const never = (name, from, to) => ({ name, severity: 'error', from, to })

module.exports = {
  forbidden: [
    never('no-cycles', {}, { circular: true }),
    // What cannot be resolved cannot be judged by the other rules.
    never('everything-resolves', {}, { couldNotResolve: true }),
    never('values-import-nothing', { path: '^src/values/', pathNot: test }, { pathNot: '^src/values/' }),
    never(
      'platform-knows-only-values',
      { path: '^src/platform/', pathNot: test },
      { path: '^src/', pathNot: '^src/(platform|values)/' },
    ),
    never(
      'core-knows-no-edge',
      { path: '^src/core/', pathNot: test },
      { path: '^(src|web)/', pathNot: '^src/(core|platform|values)/' },
    ),
    never('core-imports-no-package', { path: '^src/core/', pathNot: test }, { path: 'node_modules/' }),
    never(
      'nouns-are-pure',
      { path: '^src/core/[^/]+/' + noun },
      { pathNot: ['^src/values/', '^src/core/[^/]+/' + noun] },
    ),
    never(
      'sql-stays-home',
      { path: '^src/core/([^/]+)/' },
      { path: '\\.sql\\.ts$', pathNot: '^src/core/$1/' },
    ),
    never('sql-stays-in-core', { path: '^(src|web)/', pathNot: '^src/core/' }, { path: '\\.sql\\.ts$' }),
    never(
      'only-database-imports-the-driver',
      { pathNot: ['^src/platform/database\\.ts$', test] },
      { path: driver },
    ),
    never(
      'dialects-apart',
      { path: '^src/dialects/([^/]+)/' },
      { path: '^src/dialects/[^/]+/', pathNot: '^src/dialects/$1/' },
    ),
    never(
      'suppliers-apart-and-stateless',
      { path: '^src/suppliers/([^/]+)/', pathNot: test },
      {
        path: '^src/',
        pathNot: [
          '^src/suppliers/$1/',
          '^src/values/',
          '^src/platform/http\\.ts$',
          '^src/core/fulfilment/supplier\\.ts$',
        ],
      },
    ),
    never(
      'payers-apart-and-stateless',
      { path: '^src/payers/([^/]+)/', pathNot: test },
      {
        path: '^src/',
        pathNot: [
          '^src/payers/$1/',
          '^src/values/',
          '^src/platform/http\\.ts$',
          '^src/core/checkout/payer\\.ts$',
        ],
      },
    ),
    never(
      'wire-is-plain',
      { path: part('wire'), pathNot: test },
      // Whose wire it is, dialects-apart and suppliers-apart-and-stateless hold.
      { pathNot: ['^src/values/', part('wire'), typebox] },
    ),
    never(
      'mapping-is-pure',
      { path: '^src/(dialects|suppliers)/([^/]+)' + part('mapping'), pathNot: test },
      {
        pathNot: [
          '^src/values/',
          '^src/core/[^/]+/' + noun,
          '^src/$1/$2' + part('wire'),
          '^src/$1/$2' + part('mapping'),
        ],
      },
    ),
    never(
      'only-routes-and-auth-act',
      { path: '^src/dialects/', pathNot: ['/(routes|auth)(\\.ts$|/)', test] },
      { path: '^src/core/', pathNot: '^src/core/[^/]+/' + noun },
    ),
    never(
      'jobs-and-commands-know-contracts-only',
      { path: '^src/(jobs|commands)/', pathNot: test },
      { path: '^src/(dialects|suppliers|payers)/[^/]+/' },
    ),
    // Only the launcher does, once it has found a Node that can run them.
    never(
      'nobody-imports-a-main',
      { pathNot: '^bin/scrip\\.js$' },
      { path: '^src/(server|worker|cli)\\.ts$' },
    ),
    never(
      'lists-are-for-mains',
      { pathNot: ['^src/(server|worker|cli)\\.ts$', test] },
      { path: '^src/(dialects|suppliers|payers|jobs|commands)/all\\.ts$' },
    ),
    never(
      'web-knows-only-the-house-wire',
      { path: '^web/' },
      { path: '^src/', pathNot: ['^src/values/', '^src/dialects/house' + part('wire')] },
    ),
    never('server-knows-no-web', { path: '^src/' }, { path: '^web/' }),
    never('no-tests-in-product', { pathNot: test }, { path: test }),
    never('no-barrels', { path: ['^(src|web)/index\\.tsx?$', '/index\\.tsx?$'] }, {}),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // Without these, a package that only has `exports` cannot be resolved, and the rules about packages miss it.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
