import type { Vpc } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Warning } from '../../components/warning.tsx'
import { useMessages } from '../../i18n/index.ts'
import { type Route, type Subnet, useNetworkChange } from './queries.ts'

interface DialogProps {
  readonly onClose: () => void
}

export function DeleteVpcDialog(props: DialogProps & { readonly vpc: Vpc; readonly onDone: () => void }) {
  const { vpc, onClose, onDone } = props
  const { t } = useMessages()
  const name = vpc.name || vpc.id
  const remove = useNetworkChange('DELETE /vpcs/{id}', t.networks.deleted(name), onDone)
  return (
    <Deletion
      title={t.networks.deleteVpc(name)}
      stops={t.networks.deleteVpcStops}
      busy={remove.isPending}
      onClose={onClose}
      onDelete={() => remove.mutate({ path: { id: vpc.id } })}
    />
  )
}

export function DeleteSubnetDialog({ subnet, onClose }: DialogProps & { readonly subnet: Subnet }) {
  const { t } = useMessages()
  const { vpc, id, cidr } = subnet
  const remove = useNetworkChange('DELETE /vpcs/{id}/subnets/{subnet}', t.networks.deleted(cidr), onClose)
  return (
    <Deletion
      title={t.networks.deleteSubnet(cidr)}
      stops={t.networks.deleteSubnetStops}
      busy={remove.isPending}
      onClose={onClose}
      onDelete={() => remove.mutate({ path: { id: vpc, subnet: id } })}
    />
  )
}

export function DeleteRouteDialog({ route, onClose }: DialogProps & { readonly route: Route }) {
  const { t } = useMessages()
  const { vpc, id, destination } = route
  const done = t.networks.deleted(destination)
  const remove = useNetworkChange('DELETE /vpcs/{id}/routes/{route}', done, onClose)
  return (
    <Deletion
      title={t.networks.deleteRoute(destination)}
      stops={t.networks.deleteRouteStops}
      busy={remove.isPending}
      onClose={onClose}
      onDelete={() => remove.mutate({ path: { id: vpc, route: id } })}
    />
  )
}

interface DeletionProps extends DialogProps {
  readonly title: string
  /** What will not work any more. */
  readonly stops: string
  readonly busy: boolean
  readonly onDelete: () => void
}

function Deletion({ title, stops, busy, onClose, onDelete }: DeletionProps) {
  const { t } = useMessages()
  const actions = (
    <>
      <Button onClick={onClose}>{t.common.cancel}</Button>
      <Button look="danger" busy={busy} onClick={onDelete}>
        {t.networks.delete}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <Warning>
        <p>{stops}</p>
      </Warning>
    </Dialog>
  )
}
