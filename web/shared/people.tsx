import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { User } from '../../src/dialects/house/wire/account.ts'
import { call } from './api.ts'
import { Form } from './form.tsx'
import { List } from './list.tsx'
import { Dialog, PageHead, State, When, act, refresh } from './parts.tsx'
import { useAbility, useSession } from './session.ts'

/** A company's people, or the operators. */
export function PeoplePage({
  path,
  title,
  roles,
}: {
  readonly path: string
  readonly title: string
  readonly roles: readonly string[]
}) {
  const { t } = useTranslation()
  const canManage = useAbility('people')
  const { data: signedIn } = useSession()
  const options = roles.map((role) => ({ value: role, label: t(role) }))
  return (
    <>
      <PageHead title={title}>
        {canManage ? (
          <Dialog label={t('Invite')} title={t('Invite somebody')}>
            {(close) => (
              <Form
                fields={[
                  { name: 'name', label: t('Name') },
                  { name: 'email', label: t('E-mail'), kind: 'email' },
                  { name: 'role', label: t('Role'), kind: 'select', options, start: roles[0] ?? '' },
                ]}
                action={t('Invite')}
                onSubmit={async (values) => {
                  await call('POST', path, values)
                  await refresh(path)
                  close()
                }}
              />
            )}
          </Dialog>
        ) : null}
      </PageHead>
      <List<User>
        path={path}
        keyOf={({ id }) => id}
        empty={t('There is nobody.')}
        columns={[
          { title: t('Name'), show: ({ name }) => name },
          { title: t('E-mail'), show: ({ email }) => email },
          { title: t('Role'), show: ({ role }) => t(role) },
          { title: t('State'), show: ({ state }) => <State state={state} /> },
          { title: t('Second factor'), show: (user) => (user.has_authenticator ? t('app') : '–') },
          { title: t('Last here'), show: ({ signed_in_at: at }) => <When at={at} /> },
          {
            title: t('Action'),
            show: (user) =>
              canManage && user.id !== signedIn?.user.id ? (
                <Group gap='xs' wrap='nowrap'>
                  <Dialog label={t('Change')} title={user.name} variant='default' size='xs'>
                    {(close) => (
                      <Form
                        fields={[
                          { name: 'role', label: t('Role'), kind: 'select', options, start: user.role },
                        ]}
                        action={t('Save')}
                        onSubmit={async (values) => {
                          await call('PATCH', `${path}/${user.id}`, values)
                          await refresh(path)
                          close()
                        }}
                      />
                    )}
                  </Dialog>
                  <Button
                    size='xs'
                    variant='default'
                    onClick={() =>
                      void act(
                        () => call('PATCH', `${path}/${user.id}`, { is_disabled: user.state !== 'disabled' }),
                        t('Changed.'),
                        path,
                      )
                    }
                  >
                    {user.state === 'disabled' ? t('Let in') : t('Shut out')}
                  </Button>
                  {user.state === 'invited' ? (
                    <Button
                      size='xs'
                      variant='default'
                      onClick={() =>
                        void act(
                          () => call('POST', `${path}/${user.id}/invitation`),
                          t('Another link is on its way.'),
                        )
                      }
                    >
                      {t('Invite again')}
                    </Button>
                  ) : null}
                </Group>
              ) : null,
          },
        ]}
      />
    </>
  )
}
