import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type {
  FloatReply,
  JobsReply,
  PayersReply,
  Source,
  StatusReply,
  Supplier,
  SuppliersReply,
  TroublesReply,
} from '../../src/dialects/house/wire/system.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, Rows } from '../shared/list.tsx'
import { Amount, Dialog, Facts, PageHead, State, When, act, refresh, useAsked } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

const suppliersPath = '/operator/suppliers'

/** Whom we buy from. */
export function SuppliersPage() {
  const { t } = useTranslation()
  const canChange = useAbility('stock')
  const canAsk = useAbility('money')
  const { data, error } = useQuery({
    queryKey: [suppliersPath],
    queryFn: () => call<SuppliersReply>('GET', suppliersPath),
    refetchInterval: 15_000,
  })
  return (
    <>
      <PageHead title={t('Suppliers')} />
      {error === null ? null : <Alert color='red'>{error.message}</Alert>}
      <Rows
        rows={data?.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          { title: t('Code'), show: ({ code }) => <span className='code'>{code}</span> },
          { title: t('Name'), show: ({ name }) => name },
          { title: t('Protocol'), show: ({ connector }) => connector },
          { title: t('Currency'), show: ({ currency }) => currency },
          { title: t('Priority'), isFigure: true, show: ({ priority }) => priority },
          { title: t('Calls now'), isFigure: true, show: ({ calls }) => calls },
          {
            title: t('State'),
            show: (one) => (
              <State state={!one.is_active ? 'paused' : one.is_resting ? 'resting' : 'active'} />
            ),
          },
          {
            title: t('Action'),
            show: (one) => (
              <Group gap='xs' wrap='nowrap'>
                <Dialog label={t('SKUs')} title={one.name} variant='default' size='xs'>
                  {() => <Sources code={one.code} />}
                </Dialog>
                {canAsk ? (
                  <Dialog label={t('Float')} title={one.name} variant='default' size='xs'>
                    {() => <Float code={one.code} />}
                  </Dialog>
                ) : null}
                {canChange ? (
                  <Dialog label={t('Change')} title={one.name} variant='default' size='xs'>
                    {(close) => <SupplierForm supplier={one} close={close} />}
                  </Dialog>
                ) : null}
              </Group>
            ),
          },
        ]}
      />
    </>
  )
}

function SupplierForm({ supplier, close }: { readonly supplier: Supplier; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Form
      fields={[
        {
          name: 'priority',
          label: t('Priority'),
          start: String(supplier.priority),
          description: t('The least is asked first.'),
        },
        { name: 'concurrency', label: t('Calls at a time'), start: String(supplier.concurrency) },
        { name: 'is_active', label: t('It is asked'), kind: 'check', start: String(supplier.is_active) },
      ]}
      action={t('Save')}
      onSubmit={async ({ priority = '', concurrency = '', is_active: isActive }) => {
        await call('PATCH', `${suppliersPath}/${supplier.code}`, {
          priority: Number(priority),
          concurrency: Number(concurrency),
          is_active: isActive === 'true',
        })
        await refresh(suppliersPath)
        close()
      }}
    >
      <Text size='sm'>{t('What it has in hand it is still asked about.')}</Text>
    </Form>
  )
}

function Float({ code }: { readonly code: string }) {
  const { t } = useTranslation()
  const {
    answer: float,
    problem,
    ask,
  } = useAsked(() => call<FloatReply>('POST', `${suppliersPath}/${code}/float`))
  return (
    <Stack>
      {problem}
      {float === undefined ? null : (
        <Text>
          {t('We have left there')}: <Amount amount={float.amount} currency={float.currency} />
        </Text>
      )}
      <Group>
        <Button onClick={ask}>{t('Ask the supplier')}</Button>
      </Group>
    </Stack>
  )
}

function Sources({ code }: { readonly code: string }) {
  const { t } = useTranslation()
  const canChange = useAbility('stock')
  const path = `${suppliersPath}/${code}/sources`
  return (
    <Stack>
      <SourceList path={path} canChange={canChange} />
      {canChange ? (
        <Form
          fields={[
            { name: 'sku', label: t('SKU'), description: t('A known one is changed, another one is new.') },
            { name: 'product_code', label: t('Their code') },
            { name: 'cost', label: t('Cost of one unit'), isOptional: true },
            {
              name: 'cost_rate',
              label: t('Cost of one unit of face value'),
              isOptional: true,
              description: t('Of an open amount, instead: 0.965.'),
            },
            { name: 'priority', label: t('Priority'), isOptional: true },
          ]}
          action={t('Save')}
          onSubmit={async ({
            sku = '',
            product_code: theirs = '',
            cost = '',
            cost_rate: rate = '',
            priority = '',
          }) => {
            await call('PUT', `${path}/${encodeURIComponent(sku.trim())}`, {
              product_code: theirs.trim(),
              ...(cost.trim() === '' ? {} : { cost: cost.trim() }),
              ...(rate.trim() === '' ? {} : { cost_rate: rate.trim() }),
              ...(priority.trim() === '' ? {} : { priority: Number(priority) }),
            })
            await refresh(path)
          }}
        />
      ) : null}
    </Stack>
  )
}

function SourceList({ path, canChange }: { readonly path: string; readonly canChange: boolean }) {
  const { t } = useTranslation()
  return (
    <List<Source>
      path={path}
      keyOf={({ sku }) => sku}
      empty={t('It fills nothing yet.')}
      columns={[
        { title: t('SKU'), show: ({ sku }) => <span className='code'>{sku}</span> },
        { title: t('Their code'), show: (one) => <span className='code'>{one.product_code}</span> },
        {
          title: t('Cost'),
          isFigure: true,
          show: (one) =>
            one.cost === null ? (
              `× ${one.cost_rate ?? '–'}`
            ) : (
              <Amount amount={one.cost} currency={one.currency} />
            ),
        },
        { title: t('Priority'), isFigure: true, show: ({ priority }) => priority },
        {
          title: t('State'),
          show: (one) => (
            <State state={!one.is_active ? 'paused' : one.in_stock ? 'active' : 'out of stock'} />
          ),
        },
        {
          title: t('Action'),
          show: (one) =>
            canChange && one.is_active ? (
              <Button
                size='xs'
                variant='default'
                onClick={() =>
                  void act(() => call('DELETE', `${path}/${encodeURIComponent(one.sku)}`), t('Ended.'), path)
                }
              >
                {t('End it')}
              </Button>
            ) : null,
        },
      ]}
    />
  )
}

/** Lenders and banks that pay in buyers' places. */
export function LendersPage() {
  const { t } = useTranslation()
  const { data, error } = useQuery({
    queryKey: ['/operator/payers'],
    queryFn: () => call<PayersReply>('GET', '/operator/payers'),
  })
  return (
    <>
      <PageHead title={t('Lenders and banks')} />
      {error === null ? null : <Alert color='red'>{error.message}</Alert>}
      {data?.data.length === 0 ? <Text c='dimmed'>{t('There is none.')}</Text> : null}
      <Rows
        rows={data?.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          { title: t('Code'), show: ({ code }) => <span className='code'>{code}</span> },
          { title: t('Name'), show: ({ name }) => name },
          { title: t('Kind'), show: ({ kind }) => t(kind) },
          { title: t('Protocol'), show: ({ connector }) => connector },
          { title: t('Since'), show: (one) => <When at={one.created_at} /> },
        ]}
      />
    </>
  )
}

/** How the installation is doing. */
export function SystemPage() {
  const { t } = useTranslation()
  const { data: status } = useQuery({
    queryKey: ['/operator/status'],
    queryFn: () => call<StatusReply>('GET', '/operator/status'),
    refetchInterval: 10_000,
  })
  return (
    <>
      <PageHead title={t('System')} />
      <Stack>
        {status === undefined ? null : <Status status={status} />}
        <Title order={2} size='h4'>
          {t('Jobs')}
        </Title>
        <Jobs />
        <Title order={2} size='h4'>
          {t('Webhooks in trouble')}
        </Title>
        <Troubles />
      </Stack>
    </>
  )
}

function Status({ status }: { readonly status: StatusReply }) {
  const { t } = useTranslation()
  const { database, jobs, webhooks } = status
  const seconds = (count: number): string => `${count} ${t('seconds')}`
  return (
    <Facts
      facts={[
        ['Scrip', `${status.scrip} (${t(status.environment)})`],
        ['Node', status.node],
        [t('This server since'), <When key='since' at={status.started_at} />],
        [t('Memory'), megabytes(String(status.memory_bytes))],
        ['PostgreSQL', database.version],
        [t('Database'), megabytes(database.size_bytes)],
        [t('Connections'), `${database.connections} / ${database.connections_most}`],
        [t('Oldest transaction'), seconds(database.oldest_transaction_seconds)],
        [t('Last migration'), database.migration],
        [t('Jobs waiting'), `${jobs.waiting} (${seconds(jobs.oldest_seconds)})`],
        [t('Jobs running'), String(jobs.running)],
        [t('Jobs failed'), String(jobs.failed)],
        [t('Webhooks waiting'), `${webhooks.waiting} (${seconds(webhooks.oldest_seconds)})`],
        [t('Webhooks for paused endpoints'), String(webhooks.paused)],
      ]}
    />
  )
}

function megabytes(bytes: string): string {
  return `${Math.round(Number(bytes) / 1_048_576).toLocaleString('en')} MiB`
}

function Jobs() {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['/operator/jobs'],
    queryFn: () => call<JobsReply>('GET', '/operator/jobs'),
    refetchInterval: 10_000,
  })
  if (data === undefined) return null
  if (data.data.length === 0) return <Text c='dimmed'>{t('Nothing waits and nothing has failed.')}</Text>
  return (
    <Rows
      rows={data.data}
      keyOf={({ id }) => id}
      columns={[
        { title: t('Job'), show: ({ name }) => <span className='code'>{name}</span> },
        { title: t('State'), show: ({ state }) => <State state={state} /> },
        { title: t('Tries'), isFigure: true, show: (job) => `${job.attempts} / ${job.max_attempts}` },
        { title: t('When'), show: (job) => <When at={job.run_at} /> },
        { title: t('Error'), show: ({ error }) => error ?? '–' },
      ]}
    />
  )
}

function Troubles() {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['/operator/webhook-troubles'],
    queryFn: () => call<TroublesReply>('GET', '/operator/webhook-troubles'),
    refetchInterval: 15_000,
  })
  if (data === undefined) return null
  if (data.data.length === 0) return <Text c='dimmed'>{t('Every endpoint takes what is sent to it.')}</Text>
  return (
    <Rows
      rows={data.data}
      keyOf={({ id }) => id}
      columns={[
        { title: t('Partner'), show: ({ partner }) => partner },
        { title: t('Address'), show: ({ host }) => host },
        { title: t('Format'), show: ({ format }) => format },
        { title: t('State'), show: ({ state }) => <State state={state} /> },
        { title: t('Failures in a row'), isFigure: true, show: ({ failures }) => failures },
        { title: t('Since'), show: (one) => <When at={one.failing_since} /> },
        { title: t('Reason'), show: ({ reason }) => reason ?? '–' },
      ]}
    />
  )
}
