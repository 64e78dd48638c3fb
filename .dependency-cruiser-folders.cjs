// The wall between the folders of core. It has a cruise of its own, without the tests: a rule about folders cannot leave
// out single files, and a test beside its subject that builds a whole world ties every folder to every other.
const { options } = require('./.dependency-cruiser.cjs')

module.exports = {
  forbidden: [
    {
      name: 'no-folder-cycles',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/core/' },
      to: { circular: true },
    },
  ],
  options: { ...options, exclude: { path: '(\\.test\\.tsx?$|^test/)' } },
}
