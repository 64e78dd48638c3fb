import type { Mutant } from './mutant.ts'

const migration = 'migrations/0034-kept-by-partitions.sql'
const deliveries = 'src/core/webhooks/deliveries.sql.ts'
const keepingTest = 'src/core/retention/keep-partitions.test.ts'
const endpointsTest = 'src/core/webhooks/endpoints.test.ts'

/** What would remove something that is still to be sent or read, or stand in the way of everybody while it removes. */
export const retentionMutants: readonly Mutant[] = [
  {
    name: 'tries-of-what-waits-dropped',
    file: migration,
    search: "if outlives <> 'false' then",
    replace: 'if false then',
    test: { file: keepingTest, title: 'a delivery that waits outlives the days of its tries' },
  },
  {
    name: 'late-end-not-kept',
    file: migration,
    search: "format('r.ended_at >= %L', oldest_instant)",
    replace: "'false'",
    test: { file: keepingTest, title: 'a delivery that waits outlives the days of its tries' },
  },
  {
    name: 'day-ends-elsewhere',
    file: migration,
    search: "closes := (day + 1)::timestamp at time zone 'UTC'",
    replace: "closes := (day + 1)::timestamp at time zone 'UTC' - interval '1 ms'",
    test: { file: keepingTest, title: 'each to its own side of midnight' },
  },
  {
    name: 'drop-waits-behind-a-dump',
    file: migration,
    search: "set lock_timeout = '2s'",
    replace: "set lock_timeout = '1min'",
    test: { file: keepingTest, title: 'stay as they are while somebody holds the table' },
  },
  {
    name: 'paused-endpoint-forgotten',
    file: deliveries,
    search: 'where e.id is null or e.disabled_at <',
    replace: "where e.id is null or e.state = 'paused' or e.disabled_at <",
    test: { file: endpointsTest, title: 'what waits stays, unless its endpoint is gone' },
  },
  {
    name: 'active-endpoint-given-up',
    file: deliveries,
    search: "where e.state = 'paused' and d.state = 'waiting'",
    replace: "where d.state = 'waiting'",
    test: { file: endpointsTest, title: 'what waits for a paused endpoint ends as failed' },
  },
  {
    name: 'ends-with-its-day',
    file: deliveries,
    search: "'failed', tries, tries_ever, fence, created_at, now() from ended",
    replace: "'failed', tries, tries_ever, fence, created_at, created_at from ended",
    test: { file: endpointsTest, title: 'what waits for a paused endpoint ends as failed' },
  },
  {
    name: 'replay-with-a-fence-of-before',
    file: deliveries,
    search: 'tries_ever, fence + 1, created_at from ended',
    replace: 'tries_ever, 1, created_at from ended',
    test: { file: endpointsTest, title: 'is taken on to the log, and can be replayed' },
  },
  {
    name: 'hands-full-of-one-hosts-callbacks',
    file: 'src/core/webhooks/claims.sql.ts',
    search: 'where host_turn <= ${perEndpoint} - at_host and partner_turn <= ${perPartner} - at_partner',
    replace: 'where host_turn > 0 and partner_turn > 0',
    test: {
      file: 'src/core/webhooks/send-to-callback.test.ts',
      title: 'P10: however many addresses of hosts that hang',
    },
  },
  {
    name: 'names-resolved-by-the-system',
    file: 'src/platform/http.ts',
    search: 'resolve === undefined\n',
    replace: 'resolve !== null\n',
    test: {
      file: 'src/platform/public-names.test.ts',
      title: 'a name that means another address the second time',
    },
  },
]
