// Is the process alive, and can it do its work.
import { Router } from 'express';

/**
 * How much waits is told on the metrics port; here, where anybody may ask, only whether work is possible.
 * @param ready asks the store something that costs the same however much it holds
 */
export function healthRoutes(ready: () => Promise<void>): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => void res.json({ ok: true }));
  router.get('/readyz', async (_req, res) => {
    const isReady = await ready().then(
      () => true,
      () => false,
    );
    res.status(isReady ? 200 : 503).json({ ok: isReady });
  });
  return router;
}
