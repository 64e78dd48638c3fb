import {
  Alert,
  Anchor,
  Button,
  Card,
  Checkbox,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type {
  Attempt,
  Delivery,
  Endpoint,
  FormatsReply,
  IssuedEndpoint,
} from '../../src/dialects/house/wire/developers.ts'
import { Problem, call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List } from '../shared/list.tsx'
import { Dialog, PageHead, SecretOnce, State, When, act, refresh } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

const path = '/webhook-endpoints'

export function WebhooksPage() {
  const { t } = useTranslation()
  const canDevelop = useAbility('develop')
  return (
    <>
      <PageHead title={t('Webhooks')}>
        {canDevelop ? (
          <Dialog label={t('New endpoint')} title={t('New endpoint')}>
            {() => <EndpointForm />}
          </Dialog>
        ) : null}
      </PageHead>
      <List<Endpoint>
        path={path}
        keyOf={({ id }) => id}
        empty={t('There is no endpoint yet.')}
        columns={[
          {
            title: t('Address'),
            show: ({ id, url }) => (
              <Anchor component={Link} to={`/webhooks/${id}`} underline='always' className='code'>
                {url}
              </Anchor>
            ),
          },
          { title: t('Format'), show: ({ format }) => format },
          { title: t('Events'), show: ({ events }) => events.join(', ') },
          { title: t('State'), show: ({ state }) => <State state={state} /> },
          { title: t('Failures in a row'), isFigure: true, show: (one) => one.failures_in_a_row },
        ]}
      />
    </>
  )
}

function EndpointForm() {
  const { t } = useTranslation()
  const [made, setMade] = useState<Static<typeof IssuedEndpoint>>()
  const [format, setFormat] = useState('house')
  const [url, setUrl] = useState('https://')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [problem, setProblem] = useState<Problem>()
  const { data } = useQuery({
    queryKey: ['/formats'],
    queryFn: () => call<Static<typeof FormatsReply>>('GET', '/formats'),
  })
  const telling = data?.data.filter(({ events }) => events.length > 0) ?? []
  const events = telling.find(({ name }) => name === format)?.events ?? []
  if (made !== undefined)
    return (
      <Stack>
        <Alert color='orange'>{t('This is shown only now.')}</Alert>
        <SecretOnce label={t('Secret')} value={made.secret} />
      </Stack>
    )
  const add = async (): Promise<void> => {
    setProblem(undefined)
    try {
      setMade(await call<Static<typeof IssuedEndpoint>>('POST', path, { format, url, events: chosen }))
      await refresh(path)
    } catch (error) {
      if (error instanceof Problem) setProblem(error)
    }
  }
  return (
    <Stack>
      {problem === undefined ? null : (
        <Alert color='red' role='alert'>
          {problem.message} {Object.values(problem.fields).join(' ')}
        </Alert>
      )}
      <NativeSelect
        label={t('Format')}
        data={telling.map(({ name, title }) => ({ value: name, label: `${name} (${title})` }))}
        value={format}
        onChange={(event) => {
          setFormat(event.currentTarget.value)
          setChosen([])
        }}
      />
      <TextInput
        label={t('Address')}
        error={problem?.fields['url']}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Checkbox.Group
        label={t('Events')}
        description={t('None chosen: all of them.')}
        value={[...chosen]}
        onChange={setChosen}
      >
        <Stack gap='xs' mt='xs'>
          {events.map((event) => (
            <Checkbox key={event} value={event} label={event} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Group>
        <Button onClick={() => void add()}>{t('Add it')}</Button>
      </Group>
    </Stack>
  )
}

export function EndpointPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { id = '' } = useParams({ strict: false })
  const canDevelop = useAbility('develop')
  const own = `${path}/${id}`
  const { data, error } = useQuery({ queryKey: [own], queryFn: () => call<Endpoint>('GET', own) })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  const isActive = data.state === 'active'
  return (
    <>
      <PageHead title={t('Webhook endpoint')}>
        <State state={data.state} />
      </PageHead>
      <Stack>
        <Card withBorder>
          <Text className='code'>{data.url}</Text>
          <Text size='sm' c='dimmed'>
            {data.format}: {data.events.join(', ')}
          </Text>
          {data.disabled_reason === null ? null : <Text size='sm'>{data.disabled_reason}</Text>}
          {canDevelop ? (
            <Group mt='sm'>
              <Button
                size='xs'
                onClick={() =>
                  void act(() => call('POST', `${own}/test`), t('A test event is on its way.'), own)
                }
              >
                {t('Send a test event')}
              </Button>
              <Button
                size='xs'
                variant='default'
                onClick={() =>
                  void act(
                    () => call('PATCH', own, { state: isActive ? 'paused' : 'active' }),
                    t('Changed.'),
                    path,
                  )
                }
              >
                {isActive ? t('Pause') : t('Make it active')}
              </Button>
              <Dialog
                label={t('Rotate the secret')}
                title={t('Rotate the secret')}
                variant='default'
                size='xs'
              >
                {() => <RotateForm own={own} />}
              </Dialog>
              <Dialog label={t('Remove')} title={t('Remove')} variant='default' size='xs'>
                {() => (
                  <Form
                    fields={[]}
                    action={t('Remove it with its log')}
                    isDangerous
                    onSubmit={async () => {
                      await call('DELETE', own)
                      await refresh(path)
                      await navigate({ to: '/webhooks' })
                    }}
                  />
                )}
              </Dialog>
            </Group>
          ) : null}
        </Card>
        <Title order={2} size='h4'>
          {t('Log')}
        </Title>
        <List<Delivery>
          path={`${own}/deliveries`}
          refreshMs={5_000}
          keyOf={(one) => one.event_id}
          empty={t('Nothing was sent yet.')}
          columns={[
            { title: t('When'), show: (one) => <When at={one.created_at} /> },
            { title: t('Event'), show: ({ type }) => type },
            { title: t('State'), show: ({ state }) => <State state={state} /> },
            { title: t('Tries'), isFigure: true, show: ({ tries }) => tries },
            { title: t('Next try'), show: (one) => <When at={one.due_at} /> },
            {
              title: t('Action'),
              show: (one) => (
                <Group gap='xs' wrap='nowrap'>
                  <Dialog label={t('Tries')} title={t('Tries')} variant='default' size='xs'>
                    {() => <Attempts path={`${own}/deliveries/${one.event_id}/attempts`} />}
                  </Dialog>
                  {canDevelop ? (
                    <Button
                      size='xs'
                      variant='default'
                      onClick={() =>
                        void act(
                          () => call('POST', `${own}/deliveries/${one.event_id}/replay`),
                          t('It is sent again.'),
                          own,
                        )
                      }
                    >
                      {t('Replay')}
                    </Button>
                  ) : null}
                </Group>
              ),
            },
          ]}
        />
      </Stack>
    </>
  )
}

function RotateForm({ own }: { readonly own: string }) {
  const { t } = useTranslation()
  const [secret, setSecret] = useState<string>()
  if (secret !== undefined) return <SecretOnce label={t('Secret')} value={secret} />
  return (
    <Form
      fields={[]}
      action={t('Make a new secret')}
      onSubmit={async () => {
        const made = await call<Static<typeof IssuedEndpoint>>('POST', `${own}/rotate-secret`, {})
        setSecret(made.secret)
        await refresh(own)
      }}
    >
      <Text size='sm'>{t('The old one signs beside it for a day.')}</Text>
    </Form>
  )
}

function Attempts({ path: attempts }: { readonly path: string }) {
  const { t } = useTranslation()
  return (
    <List<Attempt>
      path={attempts}
      keyOf={({ number }) => String(number)}
      empty={t('It was not tried yet.')}
      columns={[
        { title: '#', isFigure: true, show: ({ number }) => number },
        { title: t('When'), show: ({ at }) => <When at={at} /> },
        { title: t('Answer'), show: ({ status, error }) => status ?? error },
        { title: t('Took'), isFigure: true, show: (one) => `${one.duration_ms} ms` },
        { title: t('Said'), show: ({ response }) => <span className='code'>{response?.slice(0, 200)}</span> },
      ]}
    />
  )
}
