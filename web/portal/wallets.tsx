import { Button, Card, Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type {
  Funding,
  Wallet,
  WalletEntry,
  WatchedWallet,
  Withdrawal,
} from '../../src/dialects/house/wire/partner.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, State, When, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

export function WalletsPage() {
  const { t } = useTranslation()
  const canMove = useAbility('money')
  const { data } = useQuery({
    queryKey: ['/wallets'],
    queryFn: () => call<{ data: readonly WatchedWallet[] }>('GET', '/wallets'),
  })
  const [chosen, setChosen] = useState<string>()
  const wallets = data?.data ?? []
  const wallet = wallets.find(({ id }) => id === chosen) ?? wallets[0]
  return (
    <>
      <PageHead title={t('Wallets')} />
      {wallet === undefined ? (
        <Text c='dimmed'>{t('There is no wallet yet.')}</Text>
      ) : (
        <Stack>
          <SegmentedControl
            aria-label={t('Wallet')}
            value={wallet.id}
            onChange={setChosen}
            data={wallets.map(({ id, code }) => ({ value: id, label: code }))}
          />
          <SimpleGrid cols={{ base: 2, md: 4 }}>
            <Figure label={t('Balance')} amount={wallet.balance} currency={wallet.currency} />
            <Figure label={t('reserved')} amount={wallet.reserved} currency={wallet.currency} />
            <Figure label={t('Overdraft')} amount={wallet.overdraft_limit} currency={wallet.currency} />
            <Figure label={t('Available')} amount={wallet.available} currency={wallet.currency} />
          </SimpleGrid>
          {canMove ? (
            <Group>
              <Dialog label={t('Pay in')} title={t('Pay in by bank transfer')}>
                {() => <FundForm wallet={wallet} />}
              </Dialog>
              <Dialog label={t('Withdraw')} title={t('Withdraw')} variant='default'>
                {(close) => <WithdrawForm wallet={wallet} close={close} />}
              </Dialog>
              <Dialog
                label={
                  wallet.alert_below === null
                    ? t('Low-balance alert')
                    : `${t('Alert below')} ${wallet.alert_below}`
                }
                title={t('Low-balance alert')}
                variant='default'
              >
                {(close) => <AlertForm wallet={wallet} close={close} />}
              </Dialog>
            </Group>
          ) : null}
          <Group justify='space-between'>
            <Title order={2} size='h4'>
              {t('Statement')}
            </Title>
            <Group gap='xs'>
              {(['csv', 'xlsx'] as const).map((format) => (
                <Button
                  key={format}
                  component='a'
                  variant='default'
                  size='xs'
                  href={`/api/v1/files/wallets/${wallet.id}/entries?format=${format}`}
                  download
                >
                  {format.toUpperCase()}
                </Button>
              ))}
            </Group>
          </Group>
          <List<WalletEntry>
            path={`/wallets/${wallet.id}/entries`}
            keyOf={({ number }) => number}
            empty={t('Nothing was booked yet.')}
            columns={[
              { title: '#', isFigure: true, show: ({ number }) => number },
              { title: t('When'), show: (entry) => <When at={entry.created_at} /> },
              { title: t('Kind'), show: ({ kind }) => t(kind) },
              { title: t('Description'), show: ({ description }) => description },
              { title: t('Amount'), isFigure: true, show: ({ amount }) => <Amount amount={amount} /> },
              {
                title: t('Balance'),
                isFigure: true,
                show: (entry) => <Amount amount={entry.balance_after} currency={entry.currency} />,
              },
            ]}
          />
          <Title order={2} size='h4'>
            {t('Announced money')}
          </Title>
          <List<Funding>
            path='/fundings'
            keyOf={({ reference }) => reference}
            empty={t('Nothing was announced.')}
            columns={[
              { title: t('When'), show: (one) => <When at={one.created_at} /> },
              {
                title: t('Payment reference'),
                show: (one) => <span className='code'>{one.payment_reference}</span>,
              },
              {
                title: t('Pay into'),
                show: (one) => `${one.bank_name}, ${one.account_name}, ${one.account_number}`,
              },
              { title: t('State'), show: ({ state }) => <State state={state} /> },
              {
                title: t('Amount'),
                isFigure: true,
                show: ({ amount }) => <Amount amount={amount.amount} currency={amount.currency} />,
              },
            ]}
          />
          <Title order={2} size='h4'>
            {t('Withdrawals')}
          </Title>
          <List<Withdrawal>
            path='/withdrawals'
            keyOf={({ id }) => id}
            empty={t('Nothing was withdrawn.')}
            columns={[
              { title: t('When'), show: (one) => <When at={one.created_at} /> },
              { title: t('Reference'), show: ({ reference }) => reference },
              { title: t('To'), show: ({ destination }) => destination },
              { title: t('State'), show: ({ state }) => <State state={state} /> },
              { title: t('Reason'), show: ({ reason }) => reason },
              {
                title: t('Amount'),
                isFigure: true,
                show: ({ amount }) => <Amount amount={amount.amount} currency={amount.currency} />,
              },
            ]}
          />
        </Stack>
      )}
    </>
  )
}

function AlertForm({ wallet, close }: { readonly wallet: WatchedWallet; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Form
      fields={[
        {
          name: 'below',
          label: `${t('Alert below')} (${wallet.currency})`,
          start: wallet.alert_below ?? '',
          isOptional: true,
          description: t('Owners get a mail, once each time; empty: nobody does.'),
        },
      ]}
      action={t('Save')}
      onSubmit={async ({ below = '' }) => {
        await call('PUT', `/wallets/${wallet.id}/alert`, { below: below.trim() === '' ? null : below.trim() })
        await refresh('/wallets')
        close()
      }}
    />
  )
}

function Figure({
  label,
  amount,
  currency,
}: {
  readonly label: string
  readonly amount: string
  readonly currency: string
}) {
  return (
    <Card withBorder>
      <Text size='sm' c='dimmed'>
        {label}
      </Text>
      <Text fw={600}>
        <Amount amount={amount} currency={currency} />
      </Text>
    </Card>
  )
}

function FundForm({ wallet }: { readonly wallet: Wallet }) {
  const { t } = useTranslation()
  const [funding, setFunding] = useState<Funding>()
  if (funding !== undefined)
    return (
      <Stack gap='xs'>
        <Text>{t('Transfer the amount to this account, with the payment reference:')}</Text>
        <Text>
          {funding.bank_name}, {funding.account_name}
        </Text>
        <Text className='code'>{funding.account_number}</Text>
        <Text className='code' fw={700}>
          {funding.payment_reference}
        </Text>
        <Text>
          <Amount amount={funding.amount.amount} currency={funding.amount.currency} />
        </Text>
      </Stack>
    )
  return (
    <Form
      fields={[{ name: 'amount', label: `${t('Amount')} (${wallet.currency})` }]}
      action={t('Announce')}
      onSubmit={async (values) => {
        setFunding(await call<Funding>('POST', `/wallets/${wallet.id}/fundings`, values))
        await refresh('/fundings')
      }}
    />
  )
}

function WithdrawForm({ wallet, close }: { readonly wallet: Wallet; readonly close: () => void }) {
  const { t } = useTranslation()
  const [reference] = useState(() => crypto.randomUUID())
  return (
    <Form
      fields={[
        { name: 'amount', label: `${t('Amount')} (${wallet.currency})` },
        { name: 'bank_account.bank_name', label: t('Bank') },
        { name: 'bank_account.account_name', label: t('Name on the account') },
        { name: 'bank_account.account_number', label: t('Account number') },
        { name: 'bank_account.bank_code', label: t('Bank code'), isOptional: true },
      ]}
      action={t('Ask for it')}
      onSubmit={async (values) => {
        const account = Object.fromEntries(
          Object.entries(values).flatMap(([name, value]) =>
            name.startsWith('bank_account.') ? [[name.slice('bank_account.'.length), value]] : [],
          ),
        )
        const body = { amount: values['amount'], reference, bank_account: account }
        await call('POST', `/wallets/${wallet.id}/withdrawals`, body)
        await refresh('/withdrawals', '/wallets')
        close()
      }}
    />
  )
}
