import { request } from 'node:http'
import type { TestTenant } from '../../rig/tenants.ts'
import { type Answer, type CallOptions, type Parameters, signWithHeaders, type V3Response } from './client.ts'

/** The versions that the vendor's clients ask for. */
const VERSIONS = { vpc: '2017-03-12', tag: '2018-08-13', cam: '2019-01-16', sts: '2018-08-13' } as const
export type Service = keyof typeof VERSIONS

export interface ProxiedOptions extends CallOptions {
  /** `<service>.cloud.test` unless it is said. */
  readonly hostName?: string
}

/**
 * One call as the Terraform provider makes it that is told `HTTP_PROXY`: in absolute form, to the service's own name
 * under a made-up domain, with the headers it was seen to send.
 */
export async function proxied(
  url: string,
  tenant: TestTenant,
  service: Service,
  action: string,
  parameters: Parameters,
  options: ProxiedOptions = {},
): Promise<Answer<{ Response: V3Response }>> {
  const { hostName = `${service}.cloud.test`, ...rest } = options
  const { method, headers, body } = signWithHeaders(hostName, tenant, action, parameters, {
    service,
    version: VERSIONS[service],
    ...rest,
  })
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({
      host: hostname,
      port,
      method,
      path: `http://${hostName}/`,
      headers: {
        host: hostName,
        ...headers,
        'x-tc-requestclient': 'Terraform-latest',
        'x-tc-language': 'en-US',
        'accept-encoding': 'gzip',
        'content-length': Buffer.byteLength(body),
      },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        const headersOfAnswer = new Headers(response.headers as Record<string, string>)
        const status = response.statusCode ?? 0
        resolve({
          status,
          headers: headersOfAnswer,
          text,
          body: JSON.parse(text) as { Response: V3Response },
        })
      })
    })
    sent.end(body)
  })
}
