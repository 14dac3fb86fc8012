// The benchmarks by name, in the order in which they run: counts first, as they have no noise.
import type { Benchmark } from './benchmark.ts';
import { backfillCalls } from './counts/backfill-calls.ts';
import { crash } from './counts/crash.ts';
import { crmCallsHubspot, crmCallsSalesforce } from './counts/crm-calls.ts';
import { crmLone, crmQuiet, trickle } from './counts/few.ts';
import { ingestBatch } from './counts/ingest-batch.ts';
import { order } from './counts/order.ts';
import { ackIsolation } from './ratios/ack-isolation.ts';
import { backfill } from './ratios/backfill.ts';
import { burstOneCompany } from './ratios/burst-one-company.ts';
import { card } from './ratios/card.ts';
import { drain } from './ratios/drain.ts';
import { fairness } from './ratios/fairness.ts';
import { footprint } from './ratios/footprint.ts';
import { ingestFloor } from './ratios/ingest-floor.ts';
import { ingestPeer } from './ratios/ingest-peer.ts';
import { open } from './ratios/open.ts';
import { scale } from './ratios/scale.ts';

export const BENCHMARKS: readonly Benchmark[] = [
  crmCallsHubspot,
  crmCallsSalesforce,
  crmLone,
  crmQuiet,
  trickle,
  order,
  ingestBatch,
  crash,
  backfillCalls,
  burstOneCompany,
  ingestFloor,
  card,
  scale,
  open,
  footprint,
  ackIsolation,
  drain,
  fairness,
  backfill,
  ingestPeer,
];
