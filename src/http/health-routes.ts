// Is the process alive, and can it do its work.
import { Router } from 'express';
import type { QueueCounts } from '../store/store.ts';

/** How much waits is told on the metrics port; here, where anybody may ask, only whether work is possible. */
export function healthRoutes(counts: () => Promise<QueueCounts>): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => void res.json({ ok: true }));
  router.get('/readyz', async (_req, res) => {
    const isReady = await counts().then(
      () => true,
      () => false,
    );
    res.status(isReady ? 200 : 503).json({ ok: isReady });
  });
  return router;
}
