// Is the process alive, and can it do its work.
import { Router } from 'express';
import type { QueueCounts } from '../store/store.ts';

export function healthRoutes(counts: () => Promise<QueueCounts>): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => void res.json({ ok: true }));
  router.get('/readyz', async (_req, res) => {
    const waiting = await counts().catch(() => null);
    res.status(waiting ? 200 : 503).json(waiting ? { ok: true, ...waiting } : { ok: false });
  });
  return router;
}
