import { Alert, Button, Code, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type {
  AuditReply,
  LedgerCheckReply,
  MessagesReply,
  TrialBalanceReply,
} from '../../src/dialects/house/wire/operator.ts'
import { call } from '../shared/api.ts'
import { List, Rows, StateFilter } from '../shared/list.tsx'
import { TransferFinder } from './transfers.tsx'
import { Amount, PageHead, State, When, useAsked } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

/** Who did what. */
export function AuditPage() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [action] = useDebouncedValue(typed.trim(), 300)
  return (
    <>
      <PageHead title={t('Audit log')} />
      <TextInput
        mb='md'
        maw={300}
        label={t('Action begins with')}
        placeholder='withdrawal'
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <List<Static<typeof AuditReply>['data'][number]>
        path='/operator/audit'
        query={{ action }}
        keyOf={({ id }) => id}
        empty={t('There is no such line.')}
        columns={[
          { title: t('When'), show: ({ at }) => <When at={at} /> },
          { title: t('Who'), show: ({ actor }) => actor },
          { title: t('What'), show: (line) => line.action },
          { title: t('Whom'), show: ({ subject }) => <span className='code'>{subject}</span> },
          {
            title: t('Details'),
            show: ({ details }) => <Code>{JSON.stringify(details).slice(0, 300)}</Code>,
          },
        ]}
      />
    </>
  )
}

/** What all accounts hold, and the proof of it. */
export function LedgerPage() {
  const { t } = useTranslation()
  const canCheck = useAbility('money')
  const { data } = useQuery({
    queryKey: ['/operator/ledger/trial-balance'],
    queryFn: () => call<Static<typeof TrialBalanceReply>>('GET', '/operator/ledger/trial-balance'),
  })
  const {
    answer: report,
    problem,
    ask,
  } = useAsked(() => call<Static<typeof LedgerCheckReply>>('POST', '/operator/ledger/check'))
  return (
    <>
      <PageHead title={t('Ledger')}>
        {canCheck ? <Button onClick={ask}>{t('Check the books')}</Button> : null}
      </PageHead>
      <Stack>
        {problem}
        {report === undefined ? null : (
          <Alert
            color={report.ok ? 'teal' : 'red'}
            title={report.ok ? t('The books are exact.') : t('The books do not agree.')}
          >
            {report.checks
              .filter(({ offenders }) => offenders.length > 0)
              .map(({ name, rule, offenders }) => (
                <Text key={name} size='sm'>
                  {rule} {offenders.join(', ')}
                </Text>
              ))}
            <Text size='sm'>
              {report.checks.length} {t('rules')}
            </Text>
          </Alert>
        )}
        <Group>
          <Title order={2} size='h4'>
            {t('Trial balance')}
          </Title>
          {data === undefined ? null : <State state={data.balanced ? 'balanced' : 'unbalanced'} />}
        </Group>
        <Rows
          rows={data?.totals ?? []}
          keyOf={({ kind, currency }) => `${kind} ${currency}`}
          columns={[
            { title: t('Account'), show: ({ kind }) => t(kind) },
            { title: t('Currency'), show: ({ currency }) => currency },
            { title: t('Total'), isFigure: true, show: ({ total }) => <Amount amount={total} /> },
          ]}
        />
        <Title order={2} size='h4'>
          {t('A transfer')}
        </Title>
        <TransferFinder />
      </Stack>
    </>
  )
}

/** The outbox of mails and short messages. */
export function MessagesPage() {
  const { t } = useTranslation()
  const [state, setState] = useState('')
  return (
    <>
      <PageHead title={t('Messages')} />
      <StateFilter states={['waiting', 'sent', 'failed', 'cancelled']} value={state} onChange={setState} />
      <List<Static<typeof MessagesReply>['data'][number]>
        path='/operator/messages'
        query={{ state }}
        refreshMs={15_000}
        keyOf={({ id }) => id}
        empty={t('There is none.')}
        columns={[
          { title: t('When'), show: (one) => <When at={one.created_at} /> },
          { title: t('Channel'), show: ({ channel }) => channel },
          { title: t('To'), show: ({ recipient }) => recipient },
          { title: t('Subject'), show: ({ subject }) => subject },
          { title: t('State'), show: (one) => <State state={one.state} /> },
          { title: t('Tries'), isFigure: true, show: ({ tries }) => tries },
          { title: t('Error'), show: ({ error }) => error },
        ]}
      />
    </>
  )
}
