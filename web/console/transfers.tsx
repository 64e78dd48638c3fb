import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TransferLinesReply } from '../../src/dialects/house/wire/operator.ts'
import type { Wallet, WalletEntry } from '../../src/dialects/house/wire/partner.ts'
import { call } from '../shared/api.ts'
import { List, Rows } from '../shared/list.tsx'
import { Amount, When, useAsked } from '../shared/parts.tsx'

/** Both sides of what moved, by the id of a transfer or of an order. */
export function TransferFinder() {
  const { t } = useTranslation()
  const [partner, setPartner] = useState('')
  const [id, setId] = useState('')
  const path = `/operator/partners/${encodeURIComponent(partner.trim())}/transfers/${encodeURIComponent(id.trim())}`
  const { answer, problem, ask } = useAsked(() => call<TransferLinesReply>('GET', path))
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          ask()
        }}
      >
        <Group align='flex-end'>
          <TextInput
            label={t('Id of the partner')}
            value={partner}
            onChange={(event) => setPartner(event.currentTarget.value)}
          />
          <TextInput
            label={t('Id of a transfer or an order')}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
          />
          <Button type='submit' variant='default' disabled={partner.trim() === '' || id.trim() === ''}>
            {t('Find')}
          </Button>
        </Group>
      </form>
      {problem}
      {answer === undefined ? null : answer.data.length === 0 ? (
        <Text c='dimmed'>{t('Nothing has moved under this id.')}</Text>
      ) : (
        <Rows
          rows={answer.data}
          keyOf={(line) => `${line.transfer_id} ${line.account}`}
          columns={[
            { title: t('When'), show: (line) => <When at={line.created_at} /> },
            { title: t('Kind'), show: ({ kind }) => t(kind) },
            { title: t('Account'), show: ({ account }) => <span className='code'>{account}</span> },
            {
              title: t('Amount'),
              isFigure: true,
              show: ({ amount, currency }) => <Amount amount={amount} currency={currency} />,
            },
            {
              title: t('Balance'),
              isFigure: true,
              show: (line) => (line.balance_after === null ? '–' : <Amount amount={line.balance_after} />),
            },
            { title: t('By'), show: ({ actor }) => actor },
            { title: t('Reference'), show: (line) => line.reference ?? line.order_id ?? '–' },
          ]}
        />
      )}
    </Stack>
  )
}

/** What moved on a partner's wallet. */
export function WalletStatement({ own, wallet }: { readonly own: string; readonly wallet: Wallet }) {
  const { t } = useTranslation()
  return (
    <List<WalletEntry>
      path={`${own}/wallets/${wallet.id}/entries`}
      keyOf={({ number }) => number}
      empty={t('Nothing was booked yet.')}
      columns={[
        { title: '#', isFigure: true, show: ({ number }) => number },
        { title: t('When'), show: (entry) => <When at={entry.created_at} /> },
        { title: t('Kind'), show: ({ kind }) => t(kind) },
        { title: t('Amount'), isFigure: true, show: ({ amount }) => <Amount amount={amount} /> },
        { title: t('Balance'), isFigure: true, show: (entry) => <Amount amount={entry.balance_after} /> },
        { title: t('Id'), show: (entry) => <span className='code'>{entry.transfer_id}</span> },
      ]}
    />
  )
}
