import { registerHooks } from 'node:module'

/*
 * Loaded before the service (`node --import`): where the driver of network namespaces would get the kernel, it gets one by
 * which the process ends after so many steps.
 */

const FATAL_KERNEL = new URL('./fatal-kernel.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const isDriver = context.parentURL?.endsWith('/netns/driver.ts') === true
    return isDriver && found.url.endsWith('/netns/kernel.ts') ? { ...found, url: FATAL_KERNEL } : found
  },
})
