import { expect, test } from 'vitest'
import { etcdSectionFor, hasAll, missingPrograms } from './programs.ts'

const all = {
  etcd: '/usr/bin/etcd',
  patroni: '/usr/bin/patroni',
  patronictl: '/usr/bin/patronictl',
  haproxy: '/usr/sbin/haproxy',
  pgbouncer: '/usr/sbin/pgbouncer',
  postgres: '/usr/lib/postgresql/15/bin',
}

test('a machine that has every program lacks nothing', () => {
  expect([missingPrograms(all), hasAll(all)]).toEqual([undefined, true])
})

test('what is missing is named by its package, each once', () => {
  const { etcd, postgres } = all
  expect(missingPrograms({ etcd, postgres })).toMatch(
    /apt-get install --no-install-recommends patroni haproxy pgbouncer$/,
  )
  expect(hasAll({ etcd, postgres })).toBe(false)
})

test('a Patroni that would let two nodes lead speaks to etcd by the older protocol', () => {
  expect(['patroni 2.1.4', 'patroni 3.0.2', '?'].map(etcdSectionFor)).toEqual(['etcd', 'etcd', 'etcd'])
  expect(['patroni 3.0.3', 'patroni 3.1.0', 'patroni 4.0.5'].map(etcdSectionFor)).toEqual([
    'etcd3',
    'etcd3',
    'etcd3',
  ])
})
