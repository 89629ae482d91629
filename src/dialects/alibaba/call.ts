import { header, parameter, type RequestParameters, readParameters } from '../encoding.ts'
import { Fields, nest } from '../fields.ts'
import type { WireRequest } from '../wire.ts'

/** The APIs that are spoken, by version: an action can be in several, and means something else in each. */
export const VERSIONS: ReadonlyMap<string, string> = new Map([
  ['2022-01-01', 'VpcPeer'],
  ['2016-04-28', 'Vpc'],
  ['2015-04-01', 'Sts'],
  ['2015-06-12', 'Location'],
])

/** A request of this dialect, read as far as its action. */
export interface AlibabaCall {
  readonly request: WireRequest
  /** As they came; this is what is signed. */
  readonly received: RequestParameters
  /** Which API is called; empty where the request does not say. */
  readonly version: string
  readonly action: string
  /** What the answer is to be written in. */
  readonly format: 'json' | 'xml'
  /** Query and form as one: each client puts the same parameter somewhere else. Empty counts as absent. */
  readonly parameters: Fields
  /** The same, where an empty parameter says something. */
  readonly literal: Fields
}

/**
 * Reads a request; never throws. Where it is signed by parameters, its headers `x-acs-action` and `x-acs-version` are
 * not signed and count for nothing.
 */
export function readCall(request: WireRequest): AlibabaCall {
  const received = readParameters(request)
  const value = (name: string) => parameter(received.all, name) ?? ''
  const byHeaders = isSignedByHeaders(request) || (value('Signature') === '' && value('Action') === '')
  const values = nest(received.all)
  return {
    request,
    received,
    version: byHeaders ? header(request, 'x-acs-version') : value('Version'),
    action: byHeaders ? header(request, 'x-acs-action') : value('Action'),
    format: formatOf(value('Format'), byHeaders),
    parameters: new Fields(values, { wire: 'text', emptyIsAbsent: true }),
    literal: new Fields(values, { wire: 'text', emptyIsAbsent: false }),
  }
}

/** Whether the request is signed the newer way (`ACS3-…`), and so its action is in its headers. */
export function isSignedByHeaders(request: WireRequest): boolean {
  return header(request, 'authorization').startsWith('ACS3-')
}

/**
 * Without a `Format`, or with one that is neither, the older style answers XML and the newer JSON.
 * Source: "Common parameters" of the VPC API reference; captured, for clients that send none.
 */
function formatOf(asked: string, byHeaders: boolean): 'json' | 'xml' {
  const format = asked.toLowerCase()
  if (format === 'json' || format === 'xml') return format
  return byHeaders ? 'json' : 'xml'
}
