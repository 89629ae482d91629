import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { PAGES } from './pages.ts'
import { NotFound } from './shell/not-found.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })

/** Which page is where: what `pages.ts` lists, below `/console`. */
export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren(
    PAGES.map(({ path, load }) =>
      createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) }),
    ),
  ),
  defaultPreload: 'intent',
  scrollRestoration: false,
})
