import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type {
  Identity,
  OpenedIdentityReply,
  OperatorWithdrawal,
  BankLine,
  OverdraftProposal,
} from '../../src/dialects/house/wire/operator.ts'
import type { StatementReply } from '../../src/dialects/house/wire/cases.ts'
import { call, side } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, StateFilter } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, State, When, act, refresh, useAsked } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'
import { Agree, Decide } from './decide.tsx'

/** Money that partners want out. */
export function WithdrawalsPage() {
  const { t } = useTranslation()
  const path = '/operator/withdrawals'
  const canDecide = useAbility('money')
  const [state, setState] = useState('pending_approval')
  return (
    <>
      <PageHead title={t('Withdrawals')} />
      <StateFilter states={['pending_approval', 'paid', 'rejected']} value={state} onChange={setState} />
      <List<Static<typeof OperatorWithdrawal>>
        path={path}
        query={{ state }}
        refreshMs={15_000}
        keyOf={({ id }) => id}
        empty={t('There is none.')}
        columns={[
          { title: t('When'), show: (one) => <When at={one.created_at} /> },
          { title: t('Partner'), show: ({ partner }) => partner },
          { title: t('To'), show: ({ destination }) => destination },
          { title: t('State'), show: (one) => <State state={one.state} /> },
          {
            title: t('Amount'),
            isFigure: true,
            show: ({ amount }) => <Amount amount={amount.amount} currency={amount.currency} />,
          },
          {
            title: t('Action'),
            show: (one) =>
              canDecide && one.state === 'pending_approval' ? (
                <Decide path={`${path}/${one.id}`} list={path} />
              ) : (
                one.reason
              ),
          },
        ]}
      />
    </>
  )
}

/** Who is behind partners. */
export function IdentitiesPage() {
  const { t } = useTranslation()
  const path = '/operator/identities'
  const canDecide = useAbility('identity')
  const [state, setState] = useState('submitted')
  return (
    <>
      <PageHead title={t('Identities')} />
      <StateFilter states={['submitted', 'approved', 'rejected']} value={state} onChange={setState} />
      <List<Identity>
        path={path}
        query={{ state }}
        keyOf={({ id }) => id}
        empty={t('There is none.')}
        columns={[
          { title: t('When'), show: (one) => <When at={one.created_at} /> },
          { title: t('Partner'), show: ({ partner }) => partner },
          { title: t('Kind'), show: ({ kind }) => t(kind) },
          { title: t('Legal name'), show: (one) => one.legal_name },
          { title: t('State'), show: (one) => <State state={one.state} /> },
          {
            title: t('Action'),
            show: (one) =>
              canDecide ? (
                <Group gap='xs' wrap='nowrap'>
                  <Dialog label={t('Open')} title={one.legal_name} variant='default' size='xs'>
                    {() => <OpenedIdentity path={`${path}/${one.id}/open`} />}
                  </Dialog>
                  {one.state === 'submitted' ? <Decide path={`${path}/${one.id}`} list={path} /> : null}
                </Group>
              ) : null,
          },
        ]}
      />
    </>
  )
}

function OpenedIdentity({ path }: { readonly path: string }) {
  const { t } = useTranslation()
  const {
    answer: shown,
    problem,
    ask,
  } = useAsked(() => call<Static<typeof OpenedIdentityReply>>('POST', path))
  if (shown === undefined)
    return (
      <Stack>
        <Text size='sm'>{t('The audit log keeps who looked.')}</Text>
        {problem}
        <Group>
          <Button onClick={ask}>{t('Show what was submitted')}</Button>
        </Group>
      </Stack>
    )
  const facts = [
    [t('Who acts for it'), shown.officer_name],
    [t('Date of birth'), shown.officer_birth_date],
    [t('Registration number'), shown.registration_number],
    [t('Country'), shown.country],
    [t('Address'), shown.address],
  ] as const
  return (
    <Stack gap='xs'>
      {facts.map(([label, value]) => (
        <Text key={label}>
          {label}: {value === '' ? '–' : value}
        </Text>
      ))}
      {shown.documents.map(({ id, name, size_bytes: bytes }) => (
        <Group key={id}>
          <Text>
            {name} ({Math.ceil(bytes / 1024)} KiB)
          </Text>
          <Button size='xs' variant='default' onClick={() => void download(id, name)}>
            {t('Save')}
          </Button>
        </Group>
      ))}
    </Stack>
  )
}

/** Kept as a file and never shown in a page: it came from a stranger. */
async function download(id: string, name: string): Promise<void> {
  const response = await fetch(`/api/v1/operator/identity-documents/${id}`, {
    headers: { 'x-scrip-side': side },
  })
  if (!response.ok) return
  const address = URL.createObjectURL(new Blob([await response.arrayBuffer()]))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

/** Payments that were written down, and credit that was proposed: another person books or gives it. */
export function MoneyPage() {
  const { t } = useTranslation()
  const canDecide = useAbility('money')
  const [state, setState] = useState('matched')
  const lines = '/operator/bank-lines'
  const overdrafts = '/operator/overdrafts'
  return (
    <>
      <PageHead title={t('Money')}>
        {canDecide ? (
          <Dialog label={t('Import a statement')} title={t('Import a bank’s statement')} variant='default'>
            {() => <StatementForm list={lines} />}
          </Dialog>
        ) : null}
      </PageHead>
      <Stack>
        <Title order={2} size='h4'>
          {t('Money in by bank')}
        </Title>
        <StateFilter
          states={['unmatched', 'matched', 'booked', 'ignored', 'outgoing']}
          value={state}
          onChange={setState}
        />
        <List<BankLine>
          path={lines}
          query={{ state }}
          refreshMs={15_000}
          keyOf={({ id }) => id}
          empty={t('There is none.')}
          columns={[
            { title: t('Day'), show: (one) => one.booked_on },
            { title: t('Account'), show: ({ account }) => account },
            { title: t('Partner'), show: ({ partner }) => partner ?? '–' },
            { title: t('Wallet'), show: ({ wallet }) => wallet ?? '–' },
            {
              title: t('Reference'),
              show: (one) => <span className='code'>{one.remittance || one.bank_reference}</span>,
            },
            { title: t('State'), show: (one) => <State state={one.state} /> },
            {
              title: t('Amount'),
              isFigure: true,
              show: ({ amount, currency }) => <Amount amount={amount} currency={currency} />,
            },
            {
              title: t('Action'),
              show: (one) => (canDecide ? <LineActions line={one} list={lines} /> : null),
            },
          ]}
        />
        <Title order={2} size='h4'>
          {t('Higher overdrafts')}
        </Title>
        <List<OverdraftProposal>
          path={overdrafts}
          refreshMs={15_000}
          keyOf={({ id }) => id}
          empty={t('There is none.')}
          columns={[
            { title: t('When'), show: (one) => <When at={one.created_at} /> },
            { title: t('Partner'), show: ({ partner }) => partner },
            { title: t('Wallet'), show: ({ wallet }) => wallet },
            { title: t('Description'), show: ({ note }) => note },
            {
              title: t('Overdraft'),
              isFigure: true,
              show: ({ limit, currency }) => <Amount amount={limit} currency={currency} />,
            },
            {
              title: t('Action'),
              show: (one) =>
                canDecide ? <Agree path={`${overdrafts}/${one.id}`} lists={[overdrafts]} /> : null,
            },
          ]}
        />
      </Stack>
    </>
  )
}

/** What can be done about a line: whose it is, that it is nobody's, and, by another person, that it is booked. */
function LineActions({ line, list }: { readonly line: BankLine; readonly list: string }) {
  const { t } = useTranslation()
  const own = `${list}/${line.id}`
  const isOpen = line.state === 'unmatched' || line.state === 'matched'
  return (
    <Group gap='xs' wrap='nowrap'>
      {line.state === 'matched' ? (
        <Button
          size='xs'
          onClick={() =>
            void act(() => call('POST', `${own}/book`, { wallet_id: line.wallet_id }), t('Booked.'), list)
          }
        >
          {t('Book')}
        </Button>
      ) : null}
      {isOpen || line.state === 'ignored' ? (
        <Dialog label={t('Whose')} title={t('Whose money it is')} variant='default' size='xs'>
          {(close) => (
            <Form
              fields={[
                { name: 'partner_id', label: t('Id of the partner') },
                { name: 'wallet', label: t('Wallet'), start: `${line.currency}-1` },
                { name: 'note', label: t('Reason'), kind: 'long' },
              ]}
              action={t('Save')}
              onSubmit={async ({ partner_id: partner = '', wallet = '', note = '' }) => {
                await call('POST', `${own}/assign`, {
                  partner_id: partner.trim(),
                  wallet: wallet.trim(),
                  note,
                })
                await refresh(list)
                close()
              }}
            >
              <Text size='sm'>{t('Another person books it.')}</Text>
            </Form>
          )}
        </Dialog>
      ) : null}
      {isOpen || line.state === 'outgoing' ? (
        <Dialog label={t('Set aside')} title={t('It is nobody’s')} variant='default' size='xs'>
          {(close) => (
            <Form
              fields={[{ name: 'note', label: t('Reason'), kind: 'long' }]}
              action={t('Set aside')}
              onSubmit={async (values) => {
                await call('POST', `${own}/ignore`, values)
                await refresh(list)
                close()
              }}
            />
          )}
        </Dialog>
      ) : null}
    </Group>
  )
}

function StatementForm({ list }: { readonly list: string }) {
  const { t } = useTranslation()
  const [done, setDone] = useState<StatementReply>()
  return (
    <Stack>
      {done === undefined ? null : (
        <Alert color='teal' role='status'>
          {done.repeated
            ? t('This file was imported before; nothing was changed.')
            : `${t('New lines')}: ${done.lines}, ${t('known from another statement')}: ${done.known}. ${done.states
                .map(({ state, count }) => `${t(state)}: ${count}`)
                .join(', ')}`}
        </Alert>
      )}
      <Form
        fields={[
          {
            name: 'file',
            label: t('File'),
            kind: 'file',
            description: t(
              'MT940, camt.053, or CSV with a header: date, amount, and if wished reference, payer, account.',
            ),
          },
          {
            name: 'account',
            label: t('Account number'),
            isOptional: true,
            description: t('Of a CSV file without a column for it.'),
          },
          { name: 'currency', label: t('Currency'), isOptional: true },
        ]}
        action={t('Import')}
        onSubmit={async ({ account = '', currency = '' }, { file }) => {
          const body = { file_name: file?.name ?? '', content: (await file?.text()) ?? '' }
          const own = {
            ...(account.trim() === '' ? {} : { account: account.trim() }),
            ...(currency.trim() === '' ? {} : { currency: currency.trim().toUpperCase() }),
          }
          setDone(await call<StatementReply>('POST', '/operator/bank-statements', { ...body, ...own }))
          await refresh(list)
        }}
      />
    </Stack>
  )
}
