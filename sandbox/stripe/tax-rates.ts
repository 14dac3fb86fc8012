// Tax rates: percentages inside or on top of a price.
import { z } from 'zod';
import type { Context } from './context.ts';
import { endpoint, idOf, type Endpoint } from './endpoint.ts';
import { change, emit, store } from './events.ts';
import { newestFirst, same, within } from './lists.ts';
import { bool, mergeMetadata, metadata, moment, paging, text } from './params.ts';
import type { TaxRate } from './shapes.ts';
import { find, newId } from './state.ts';

const creation = z.strictObject({
  display_name: text,
  inclusive: bool,
  percentage: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,4})?$/, 'parameter_invalid_integer')
    .transform(Number),
  active: bool.optional(),
  country: text.optional(),
  description: text.optional(),
  jurisdiction: text.optional(),
  metadata: metadata.optional(),
  state: text.optional(),
  tax_type: z.enum(['vat', 'sales_tax', 'gst', 'hst', 'pst', 'qst', 'jct', 'service_tax']).optional(),
});

function create(ctx: Context, params: z.infer<typeof creation>): TaxRate {
  const rate = store(ctx, 'tax_rates', {
    id: newId('txr'),
    object: 'tax_rate',
    active: params.active ?? true,
    country: params.country ?? null,
    created: ctx.now,
    description: params.description ?? null,
    display_name: params.display_name,
    effective_percentage: null,
    flat_amount: null,
    inclusive: params.inclusive,
    jurisdiction: params.jurisdiction ?? null,
    jurisdiction_level: null,
    livemode: ctx.account.definition.livemode,
    metadata: mergeMetadata(null, params.metadata),
    percentage: params.percentage,
    rate_type: 'percentage',
    state: params.state ?? null,
    tax_type: params.tax_type ?? null,
  });
  emit(ctx, 'tax_rate.created', rate);
  return rate;
}

export const taxRateEndpoints: readonly Endpoint[] = [
  endpoint('POST /v1/tax_rates', { right: 'rak_tax_rate_write', params: creation, run: create }),
  endpoint('GET /v1/tax_rates', {
    right: 'rak_tax_rate_read',
    params: z.strictObject({
      ...paging,
      active: bool.optional(),
      inclusive: bool.optional(),
      created: moment.optional(),
    }),
    run: (ctx, params) =>
      newestFirst(
        [...ctx.account.tables.tax_rates.values()]
          .filter((rate) => same(rate.active, params.active) && same(rate.inclusive, params.inclusive))
          .filter((rate) => within(rate.created, params.created)),
        params,
        '/v1/tax_rates',
      ),
  }),
  endpoint('POST /v1/tax_rates/:id', {
    right: 'rak_tax_rate_write',
    params: z.strictObject({ active: bool }),
    run(ctx, params, path) {
      const rate = find(ctx.account, 'tax_rates', idOf(path));
      change(ctx, 'tax_rate.updated', rate, params);
      return rate;
    },
  }),
  endpoint('GET /v1/tax_rates/:id', {
    right: 'rak_tax_rate_read',
    params: z.strictObject({}),
    run: (ctx, _params, path) => find(ctx.account, 'tax_rates', idOf(path)),
  }),
];
