import { useMessages } from '../i18n/index.ts'

/** The mark: two shores, and the strip of land that joins them. */
export function Brand() {
  const { t } = useMessages()
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <path d="M6 6v20M26 6v20" className="brand-shores" />
        <path d="M6 16c5-4.5 15 4.5 20 0" className="brand-strip" />
      </svg>
      {t.product}
    </span>
  )
}
