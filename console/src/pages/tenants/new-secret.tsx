import type { AccessKey } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copyable.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Facts } from '../../components/facts.tsx'
import { useMessages } from '../../i18n/index.ts'

/** A key that was just made. Its secret is nowhere to be had afterwards. */
export function NewSecret(props: { readonly accessKey: AccessKey; readonly onClose: () => void }) {
  const { t } = useMessages()
  const { id, secret = '', token = '' } = props.accessKey
  const actions = (
    <Button look="main" onClick={props.onClose}>
      {t.tenants.kept}
    </Button>
  )
  return (
    <Dialog title={t.tenants.secretTitle} onClose={props.onClose} actions={actions} wide>
      <p className="secret-once">{t.tenants.secretOnce}</p>
      <Facts
        facts={[
          [t.tenants.keyId, <Copyable key="id" text={id} label={t.tenants.keyId} />],
          [t.tenants.secret, <Copyable key="secret" text={secret} label={t.tenants.secret} />],
          [t.tenants.token, <Copyable key="token" text={token} label={t.tenants.token} />],
        ]}
      />
    </Dialog>
  )
}
