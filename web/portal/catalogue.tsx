import { Alert, Anchor, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Order, Product, ProductReply, Sku } from '../../src/dialects/house/wire/partner.ts'
import { Problem, call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import type { FieldSpec } from '../shared/form.tsx'
import { List, Rows } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

export function CataloguePage() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed, 300)
  return (
    <>
      <PageHead title={t('Catalogue')} />
      <TextInput
        mb='md'
        maw={400}
        label={t('Search')}
        placeholder={t('Brand, product, country')}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <List<Product>
        path='/products'
        query={{ q }}
        keyOf={({ id }) => id}
        empty={t('Nothing fits.')}
        columns={[
          {
            title: t('Product'),
            show: ({ id, name }) => (
              <Anchor component={Link} to={`/catalogue/${id}`} underline='always'>
                {name}
              </Anchor>
            ),
          },
          { title: t('Brand'), show: ({ brand }) => brand },
          { title: t('Category'), show: ({ category }) => category },
          { title: t('Country'), show: ({ country }) => country ?? t('everywhere') },
        ]}
      />
    </>
  )
}

export function ProductPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const canBuy = useAbility('buy')
  const { data, error } = useQuery({
    queryKey: ['/products', id],
    queryFn: () => call<ProductReply>('GET', `/products/${id}`),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  return (
    <>
      <PageHead title={data.name} />
      <Stack>
        <Card withBorder>
          <Text>
            {data.brand} · {data.category} · {data.country ?? t('everywhere')}
          </Text>
          <Text c='dimmed' size='sm'>
            {data.description}
          </Text>
        </Card>
        <Rows<Sku>
          rows={data.skus}
          keyOf={(sku) => sku.id}
          columns={[
            { title: t('SKU'), show: ({ name }) => name },
            {
              title: t('Face value'),
              isFigure: true,
              show: (sku) =>
                sku.face_value === null ? (
                  <>
                    <Amount amount={sku.least ?? '0'} /> –{' '}
                    <Amount amount={sku.most ?? '0'} currency={sku.currency} />
                  </>
                ) : (
                  <Amount amount={sku.face_value} currency={sku.currency} />
                ),
            },
            { title: t('Stock'), isFigure: true, show: (sku) => stockText(sku, t) },
            {
              title: t('Price'),
              isFigure: true,
              show: ({ prices }) =>
                prices.map(({ wallet, amount, currency }) => (
                  <div key={wallet}>
                    <Amount amount={amount} currency={currency} />
                  </div>
                )),
            },
            {
              title: t('Action'),
              show: (sku) =>
                canBuy && sku.prices.length > 0 ? (
                  <Dialog label={t('Buy')} title={`${data.name}: ${sku.name}`} size='xs'>
                    {() => <BuyForm product={data} sku={sku} />}
                  </Dialog>
                ) : null,
            },
          ]}
        />
      </Stack>
    </>
  )
}

function stockText(sku: Sku, t: (text: string) => string): string {
  if (sku.in_stock > 0) return sku.in_stock.toLocaleString('en')
  return sku.is_supplied ? t('to order') : t('none')
}

/** One order has one key, however often the button is pressed. */
function BuyForm({ product, sku }: { readonly product: ProductReply; readonly sku: Sku }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [externalId, setExternalId] = useState(() => crypto.randomUUID())
  const [result, setResult] = useState<Order>()
  const asked: FieldSpec[] = product.fields.map((field) => ({
    name: `fields.${field.code}`,
    label: field.name,
    isOptional: !field.required,
    ...(field.options.length > 0
      ? {
          kind: 'select' as const,
          start: field.options[0] ?? '',
          options: field.options.map((one) => ({ value: one, label: one })),
        }
      : {}),
  }))
  if (result !== undefined)
    return (
      <Stack>
        <Alert title={t(result.status)}>{t('Your order was taken.')}</Alert>
        <Group>
          <Button onClick={() => void navigate({ to: `/orders/${result.id}` })}>{t('See the order')}</Button>
        </Group>
      </Stack>
    )
  return (
    <Form
      fields={[
        {
          name: 'wallet',
          label: t('Wallet that pays'),
          kind: 'select',
          start: sku.prices[0]?.wallet ?? '',
          options: sku.prices.map(({ wallet, amount, currency }) => ({
            value: wallet,
            label: `${wallet} (${amount} ${currency})`,
          })),
        },
        ...(sku.face_value === null ? [{ name: 'amount', label: t('Amount'), start: sku.least ?? '' }] : []),
        { name: 'quantity', label: t('Quantity'), start: '1' },
        ...asked,
      ]}
      action={t('Buy')}
      onSubmit={async (values) => {
        const fields = Object.fromEntries(
          Object.entries(values).flatMap(([name, value]) =>
            name.startsWith('fields.') && value !== '' ? [[name.slice('fields.'.length), value]] : [],
          ),
        )
        const { wallet, amount, quantity } = values
        const order = {
          sku_id: sku.id,
          wallet,
          quantity: Number(quantity),
          external_id: externalId,
          fields,
          ...(amount === undefined ? {} : { amount }),
        }
        try {
          setResult(await call<Order>('POST', '/orders', order))
        } catch (error) {
          // What was refused for good can be changed and tried anew; what is not known to have failed keeps its key.
          if (error instanceof Problem && error.status >= 400 && error.status < 500)
            setExternalId(crypto.randomUUID())
          throw error
        }
        await refresh('/orders', '/wallets', '/overview')
      }}
    />
  )
}
