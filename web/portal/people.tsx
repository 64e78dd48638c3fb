import { useTranslation } from 'react-i18next'
import { PeoplePage } from '../shared/people.tsx'

export function PortalPeoplePage() {
  const { t } = useTranslation()
  return <PeoplePage path='/people' title={t('People')} roles={roles} />
}

const roles = ['owner', 'developer', 'viewer']
