import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/queries.ts'
import { session } from './api/session.ts'
import './design/base.css'
import './design/theme.ts'
import './design/tokens.css'
import { router } from './router.tsx'
import { SignIn } from './shell/sign-in.tsx'
import { useStore } from './util/store.ts'

// What one tenant has seen is not for whoever signs in next.
session.subscribe(() => {
  if (session.get().caller === null) queryClient.clear()
})

/** The pages, for whoever is signed in. The address stays as it is meanwhile, so that signing in leads back. */
function Console() {
  const { caller } = useStore(session)
  if (caller === null) return <SignIn />
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
)
