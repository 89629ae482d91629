import { Link } from '@tanstack/react-router'
import { Empty } from '../components/empty.tsx'
import { Page } from '../components/page.tsx'
import { useMessages } from '../i18n/index.ts'

export function NotFound() {
  const { t } = useMessages()
  return (
    <Page title={t.notFound.title}>
      <Empty title={t.notFound.body}>
        <Link to="/">{t.notFound.home}</Link>
      </Empty>
    </Page>
  )
}
