import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { Peering, Vpc } from '../../api/client.ts'
import { useTenantNames } from '../../api/names.ts'
import { session } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { useMessages } from '../../i18n/index.ts'
import { useStore } from '../../util/store.ts'
import { useNetworkChange, useRegions } from './queries.ts'

interface DialogProps {
  readonly onClose: () => void
}

export function CreateVpcDialog({ onClose }: DialogProps) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const tenants = useTenantNames()
  const regions = useRegions().data?.regions ?? []
  const [given, set] = useFields({ name: '', blocks: '', region: '', tenant: '' })
  const create = useNetworkChange('POST /vpcs', t.networks.made(given.name), onClose)
  const region = given.region || regions[0]?.name || ''
  const cidrs = given.blocks.split(/[\s,]+/).filter(Boolean)
  const whose = caller?.operator ? given.tenant : 'oneself'
  return (
    <Creation
      title={t.networks.create}
      complete={given.name.trim() !== '' && cidrs.length > 0 && region !== '' && whose !== ''}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={() =>
        create.mutate({
          body: { name: given.name.trim(), region, cidrs, ...(caller?.operator && { tenant: given.tenant }) },
        })
      }
    >
      <TextField label={t.common.name} maxLength={128} value={given.name} onChange={set('name')} />
      {caller?.operator && (
        <SelectField
          label={t.networks.tenant}
          value={given.tenant}
          onChange={set('tenant')}
          choices={[
            { value: '', text: t.networks.choose },
            ...[...tenants].map(([value, text]) => ({ value, text })),
          ]}
        />
      )}
      <TextField
        label={t.networks.blocks}
        hint={t.networks.blocksHint}
        value={given.blocks}
        onChange={set('blocks')}
      />
      <SelectField
        label={t.common.region}
        value={region}
        onChange={set('region')}
        choices={regions.map(({ name }) => ({ value: name, text: name }))}
      />
    </Creation>
  )
}

export function CreateSubnetDialog({ vpc, onClose }: DialogProps & { readonly vpc: Vpc }) {
  const { t } = useMessages()
  const [given, set] = useFields({ cidr: '', name: '' })
  const create = useNetworkChange('POST /vpcs/{id}/subnets', t.networks.made(given.cidr), onClose)
  return (
    <Creation
      title={t.networks.addSubnet}
      complete={given.cidr.trim() !== '' && given.name.trim() !== ''}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={() =>
        create.mutate({ path: { id: vpc.id }, body: { cidr: given.cidr.trim(), name: given.name.trim() } })
      }
    >
      <TextField
        label={t.networks.block}
        hint={vpc.cidrs.join(' ')}
        value={given.cidr}
        onChange={set('cidr')}
      />
      <TextField label={t.common.name} maxLength={128} value={given.name} onChange={set('name')} />
    </Creation>
  )
}

interface RouteProps extends DialogProps {
  readonly vpc: Vpc
  /** Those that can be led through. */
  readonly peerings: readonly Peering[]
}

export function CreateRouteDialog({ vpc, peerings, onClose }: RouteProps) {
  const { t } = useMessages()
  const [given, set] = useFields({ destination: '', peering: peerings[0]?.id ?? '' })
  const create = useNetworkChange('POST /vpcs/{id}/routes', t.networks.made(given.destination), onClose)
  const { destination, peering } = given
  return (
    <Creation
      title={t.networks.addRoute}
      complete={destination.trim() !== '' && peering !== ''}
      busy={create.isPending}
      onClose={onClose}
      onSubmit={() =>
        create.mutate({ path: { id: vpc.id }, body: { destination: destination.trim(), peering } })
      }
    >
      <SelectField
        label={t.networks.through}
        value={peering}
        onChange={set('peering')}
        choices={peerings.map(({ id, name }) => ({ value: id, text: name || id }))}
      />
      <TextField
        label={t.networks.destination}
        hint={t.networks.destinationHint}
        value={destination}
        onChange={set('destination')}
      />
    </Creation>
  )
}

/** The texts of a form, and what changes one of them. */
function useFields<T extends Record<string, string>>(initial: T) {
  const [given, setGiven] = useState(initial)
  const set = (name: keyof T) => (event: { target: { value: string } }) =>
    setGiven({ ...given, [name]: event.target.value })
  return [given, set] as const
}

interface CreationProps extends DialogProps {
  readonly title: string
  readonly complete: boolean
  readonly busy: boolean
  readonly onSubmit: () => void
  readonly children: ReactNode
}

function Creation({ title, complete, busy, onClose, onSubmit, children }: CreationProps) {
  const { t } = useMessages()
  const form = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (complete && !busy) onSubmit()
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t.common.cancel}</Button>
      <Button look="main" submits form={form} busy={busy} because={complete ? null : t.networks.fill}>
        {title}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <form id={form} className="network-form" onSubmit={submit}>
        {children}
      </form>
    </Dialog>
  )
}
