import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type {
  CatalogueCountsReply,
  OperatorSku,
  PriceProposal,
  PriceProposedReply,
  PriceRule,
  RatesReply,
  Terms,
} from '../../src/dialects/house/wire/prices.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, Rows } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, State, When, act, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'
import { Agree } from './decide.tsx'

const rulesPath = '/operator/price-rules'
const ratesPath = '/operator/rates'
const proposalsPath = '/operator/price-proposals'
const skusPath = '/operator/skus'

/** What is sold, and what is not any more. */
export function ConsoleCataloguePage() {
  const { t } = useTranslation()
  const canEdit = useAbility('stock')
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 300)
  return (
    <>
      <PageHead title={t('Catalogue')}>
        {canEdit ? (
          <Dialog label={t('Import a file')} title={t('Import a catalogue')} variant='default'>
            {() => <CatalogueForm />}
          </Dialog>
        ) : null}
      </PageHead>
      <TextInput
        mb='md'
        maw={400}
        label={t('Search')}
        placeholder={t('Code or name')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <List<OperatorSku>
        path={skusPath}
        query={{ q }}
        keyOf={({ id }) => id}
        empty={t('Nothing fits.')}
        columns={[
          { title: t('SKU'), show: ({ code }) => <span className='code'>{code}</span> },
          { title: t('Name'), show: ({ name }) => name },
          { title: t('Product'), show: (sku) => sku.product_name },
          {
            title: t('Face value'),
            isFigure: true,
            show: ({ denomination, currency }) => `${denomination} ${currency}`,
          },
          { title: t('At most'), isFigure: true, show: (sku) => sku.max_per_order },
          {
            title: t('State'),
            show: (sku) => <State state={sku.is_active && sku.is_product_active ? 'sold' : 'not sold'} />,
          },
          { title: t('Action'), show: (sku) => (canEdit ? <Edit sku={sku} /> : null) },
        ]}
      />
    </>
  )
}

function CatalogueForm() {
  const { t } = useTranslation()
  const [counts, setCounts] = useState<CatalogueCountsReply>()
  return (
    <Stack>
      {counts === undefined ? null : (
        <Alert color='teal' role='status'>
          {t('Made')}: {counts.created}, {t('changed')}: {counts.updated}, {t('as they were')}:{' '}
          {counts.unchanged}
        </Alert>
      )}
      <Form
        fields={[
          {
            name: 'file',
            label: t('File'),
            kind: 'file',
            accept: '.json,application/json',
            description: t(
              'JSON with lists named currencies, countries, categories, families, brands, products and skus. What it does not name stays.',
            ),
          },
        ]}
        action={t('Import')}
        onSubmit={async (_values, { file }) => {
          const body = { file_name: file?.name ?? '', content: (await file?.text()) ?? '' }
          setCounts(await call<CatalogueCountsReply>('POST', '/operator/catalogue', body))
          await refresh(skusPath)
        }}
      />
    </Stack>
  )
}

function Edit({ sku }: { readonly sku: OperatorSku }) {
  const { t } = useTranslation()
  const names = (name: string, russian: string | null) => [
    { name: 'name', label: t('Name in English'), start: name },
    { name: 'name_ru', label: t('Name in Russian'), start: russian ?? '', isOptional: true },
  ]
  const sold = (isActive: boolean) => ({
    name: 'is_active',
    label: t('It is sold'),
    kind: 'check' as const,
    start: String(isActive),
  })
  return (
    <Group gap='xs' wrap='nowrap'>
      <Dialog label={t('SKU')} title={sku.code} variant='default' size='xs'>
        {(close) => (
          <Form
            fields={[
              ...names(sku.name, sku.name_ru),
              { name: 'most', label: t('At most in an order'), start: String(sku.max_per_order) },
              sold(sku.is_active),
            ]}
            action={t('Save')}
            onSubmit={async ({ name = '', name_ru: russian = '', most = '', is_active: isActive }) => {
              await call('PATCH', `${skusPath}/${sku.id}`, {
                name,
                name_ru: russian === '' ? null : russian,
                max_per_order: Number(most),
                is_active: isActive === 'true',
              })
              await refresh(skusPath)
              close()
            }}
          />
        )}
      </Dialog>
      <Dialog label={t('Product')} title={sku.product} variant='default' size='xs'>
        {(close) => (
          <Form
            fields={[...names(sku.product_name, sku.product_name_ru), sold(sku.is_product_active)]}
            action={t('Save')}
            onSubmit={async ({ name = '', name_ru: russian = '', is_active: isActive }) => {
              await call('PATCH', `/operator/products/${sku.product_id}`, {
                name,
                name_ru: russian === '' ? null : russian,
                is_active: isActive === 'true',
              })
              await refresh(skusPath)
              close()
            }}
          >
            <Text size='sm'>{t('All SKUs of the product have part in it.')}</Text>
          </Form>
        )}
      </Dialog>
    </Group>
  )
}

/** How prices come about, and what currencies are worth. */
export function PricesPage() {
  const { t } = useTranslation()
  const tell = useTell()
  const canSet = useAbility('prices')
  return (
    <>
      <PageHead title={t('Prices')}>
        {canSet ? (
          <Dialog label={t('New rule')} title={t('Price rule for everyone')}>
            {(close) => <RuleForm partnerId={null} close={close} />}
          </Dialog>
        ) : null}
      </PageHead>
      <Stack>
        <Text size='sm' c='dimmed'>
          {t(
            'The most specific rule counts: a partner’s before everyone’s; then SKU, product, brand, category, all.',
          )}
        </Text>
        <PriceRules />
        <Title order={2} size='h4'>
          {t('Changes that wait for a second person')}
        </Title>
        <PriceProposals />
        <Group justify='space-between'>
          <Title order={2} size='h4'>
            {t('Exchange rates')}
          </Title>
          {canSet ? (
            <Dialog label={t('New rate')} title={t('Put a rate in force')} variant='default'>
              {(close) => (
                <Form
                  fields={[
                    { name: 'base', label: t('One of'), description: 'ISO 4217: USD' },
                    { name: 'quote', label: t('is worth so many of'), description: 'ISO 4217: KES' },
                    { name: 'rate', label: t('Rate') },
                    { name: 'source', label: t('Source'), start: 'console' },
                  ]}
                  action={t('Put it in force')}
                  onSubmit={async ({ base = '', quote = '', rate = '', source = '' }) => {
                    const pair = { base: base.trim().toUpperCase(), quote: quote.trim().toUpperCase() }
                    tell(await call('POST', ratesPath, { ...pair, rate: rate.trim(), source }))
                    await refresh(ratesPath, proposalsPath)
                    close()
                  }}
                />
              )}
            </Dialog>
          ) : null}
        </Group>
        <Rates />
      </Stack>
    </>
  )
}

function Rates() {
  const { t } = useTranslation()
  const { data, error } = useQuery({
    queryKey: [ratesPath],
    queryFn: () => call<Static<typeof RatesReply>>('GET', ratesPath),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  return (
    <Rows
      rows={data.data}
      keyOf={({ base, quote }) => `${base}/${quote}`}
      columns={[
        { title: t('One of'), show: ({ base }) => base },
        { title: t('is worth'), isFigure: true, show: ({ rate, quote }) => `${rate} ${quote}` },
        { title: t('Source'), show: ({ source }) => source },
        { title: t('Since'), show: (rate) => <When at={rate.valid_from} /> },
      ]}
    />
  )
}

/** What sells far beneath face value, or moves a rate far: another person puts it in force. */
function PriceProposals() {
  const { t } = useTranslation()
  const canSet = useAbility('prices')
  return (
    <List<PriceProposal>
      path={proposalsPath}
      refreshMs={15_000}
      keyOf={({ id }) => id}
      empty={t('There is none.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('For whom'), show: ({ partner }) => partner ?? t('everyone') },
        { title: t('For what'), show: ({ subject }) => <span className='code'>{subject}</span> },
        { title: t('Price or rate'), show: ({ change }) => change },
        { title: t('Reason'), show: ({ reason }) => reason },
        {
          title: t('Action'),
          show: ({ id }) =>
            canSet ? (
              <Agree path={`${proposalsPath}/${id}`} lists={[proposalsPath, rulesPath, ratesPath]} />
            ) : null,
        },
      ]}
    />
  )
}

/** Says of a change of prices that it waits, and why. */
function useTell(): (answer: Static<typeof PriceProposedReply> | undefined) => void {
  const { t } = useTranslation()
  return (answer) => {
    if (answer === undefined || !('proposal_id' in answer)) return
    notifications.show({
      title: t('It waits for a second person.'),
      message: answer.reason,
      color: 'yellow.9',
      autoClose: 10_000,
    })
  }
}

/** All rules, or those of one partner. */
export function PriceRules({ partnerId }: { readonly partnerId?: string }) {
  const { t } = useTranslation()
  const canSet = useAbility('prices')
  return (
    <List<PriceRule>
      path={rulesPath}
      query={{ partner_id: partnerId }}
      keyOf={({ id }) => id}
      empty={t('There is no rule: prices are face values at the exchange rate.')}
      columns={[
        ...(partnerId === undefined
          ? [{ title: t('For whom'), show: ({ partner }: PriceRule) => partner ?? t('everyone') }]
          : []),
        {
          title: t('For what'),
          show: ({ scope, code }) => (
            <>
              {t(scope)} <span className='code'>{code}</span>
            </>
          ),
        },
        { title: t('Markup'), isFigure: true, show: (rule) => `${rule.markup_percent} %` },
        {
          title: t('On top'),
          isFigure: true,
          show: (rule) => <Amount amount={rule.markup_fixed} />,
        },
        {
          title: t('Fixed price'),
          isFigure: true,
          show: ({ fixed_price: fixed, currency }) =>
            fixed === null || currency === null ? '–' : <Amount amount={fixed} currency={currency} />,
        },
        { title: t('Since'), show: (rule) => <When at={rule.created_at} /> },
        {
          title: t('Action'),
          show: ({ id }) =>
            canSet ? (
              <Button
                size='xs'
                variant='default'
                onClick={() =>
                  void act(() => call('DELETE', `${rulesPath}/${id}`), t('The rule has ended.'), rulesPath)
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

/** What a person fills in for a rule; empty fields are left out. */
export function RuleForm({
  partnerId,
  close,
}: {
  readonly partnerId: string | null
  readonly close: () => void
}) {
  const { t } = useTranslation()
  const tell = useTell()
  return (
    <Form
      fields={[
        {
          name: 'scope',
          label: t('For what'),
          kind: 'select',
          start: 'sku',
          options: ['sku', 'product', 'brand', 'category', 'all'].map((one) => ({
            value: one,
            label: t(one),
          })),
        },
        { name: 'code', label: t('Its code'), isOptional: true },
        {
          name: 'markup_percent',
          label: t('Markup in percent'),
          isOptional: true,
          description: t('Negative is a discount.'),
        },
        { name: 'markup_fixed', label: t('On top of each unit'), isOptional: true },
        {
          name: 'fixed_price',
          label: t('Fixed price'),
          isOptional: true,
          description: t('Instead of the markup; of a SKU alone.'),
        },
        { name: 'currency', label: t('Currency of the fixed price'), isOptional: true },
      ]}
      action={t('Save')}
      onSubmit={async (values) => {
        const given = Object.entries(values)
          .map(([name, value]) => [name, value.trim()] as const)
          .filter(([, value]) => value !== '')
        tell(await call('POST', rulesPath, { ...Object.fromEntries(given), partner_id: partnerId }))
        await refresh(rulesPath, proposalsPath)
        close()
      }}
    />
  )
}

/** What a partner pays beyond the exchange rate, and less than the price. */
export function TermsForm({ own, close }: { readonly own: string; readonly close: () => void }) {
  const { t } = useTranslation()
  const tell = useTell()
  const { data } = useQuery({
    queryKey: [`${own}/terms`],
    queryFn: () => call<Terms>('GET', `${own}/terms`),
  })
  if (data === undefined) return null
  return (
    <Form
      fields={[
        { name: 'fx_margin', label: t('Margin on the exchange rate, in percent'), start: data.fx_margin },
        { name: 'discount', label: t('Discount in percent'), start: data.discount },
      ]}
      action={t('Save')}
      onSubmit={async (values) => {
        tell(await call('PUT', `${own}/terms`, values))
        await refresh(own, proposalsPath)
        close()
      }}
    />
  )
}
