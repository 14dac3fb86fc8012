// Several collections in one call, which counts once; each has an answer of its own.
import { z } from 'zod';
import { asConnectorError, crmUnavailable, type ConnectorError } from '../../../errors.ts';
import type { WriteOutcome } from '../../crm.ts';
import { API_VERSION, type Ask } from '../client.ts';
import { failure } from '../errors.ts';
import type { Part } from './parts.ts';

/** Collections that one composite request takes. */
const MOST = 5;

const answerShape = z.object({
  compositeResponse: z.array(z.object({ httpStatusCode: z.number(), body: z.unknown() })),
});
const errorShape = z.array(z.object({ errorCode: z.string(), message: z.string() })).min(1);

export type PartEnd = { outcomes: WriteOutcome[] } | { error: ConnectorError };

/** @throws what the call as a whole ended with; what a part ended with stands in its place */
export async function sendParts(ask: Ask, parts: readonly Part[]): Promise<PartEnd[]> {
  const ends: PartEnd[] = [];
  for (let start = 0; start < parts.length; start += MOST)
    ends.push(...(await sendSome(ask, parts.slice(start, start + MOST))));
  return ends;
}

async function sendSome(ask: Ask, parts: readonly Part[]): Promise<PartEnd[]> {
  const compositeRequest = parts.map(({ method, path, body }, index) => ({
    method,
    url: `/services/data/v${API_VERSION}${path}`,
    referenceId: `part${index}`,
    body,
  }));
  const answer = answerShape.safeParse(
    await ask({
      method: 'POST',
      path: '/composite',
      body: { allOrNone: false, compositeRequest },
      background: true,
    }),
  );
  const answers = answer.data?.compositeResponse ?? [];
  if (answers.length !== parts.length)
    throw crmUnavailable({ context: { vendor: 'salesforce', code: 'left_out' } });
  return Promise.all(
    parts.map(async (part, index): Promise<PartEnd> => {
      const { httpStatusCode = 0, body = null } = answers[index] ?? {};
      try {
        if (httpStatusCode >= 400) throw refusalOf(httpStatusCode, body);
        return { outcomes: await part.outcomes(body) };
      } catch (error) {
        return { error: asConnectorError(error) };
      }
    }),
  );
}

function refusalOf(status: number, body: unknown): ConnectorError {
  const [first] = errorShape.safeParse(body).data ?? [];
  return failure(first?.errorCode ?? `ERROR_HTTP_${status}`, first?.message ?? String(status));
}
