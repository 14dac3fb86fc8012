// The settings page's way to the connector: reads, sends what an admin changed, and assigns customers to records.
import { apiOf, ask, createConnector, type Failure } from '../connector.ts';
import { newOperationId } from '../operation-ids.ts';
import type {
  OperationAnswer,
  OtherCrmAnswer,
  OtherCrmRequest,
  SettingsAnswer,
  SettingsRequest,
  UnmatchedAnswer,
} from '../view-types.ts';

export type SettingsChange = Omit<SettingsRequest, 'operationId'>;

type WithoutId<T> = T extends unknown ? Omit<T, 'operationId'> : never;

/** One step of another CRM's joining. */
export type OtherCrmStep = WithoutId<OtherCrmRequest>;

/** A customer of the gateway, and the record it belongs to. */
export type Assignment = { customerId: string; objectType: string; recordId: string };

export type SettingsConnector = {
  load: () => Promise<SettingsAnswer | Failure>;
  save: (change: SettingsChange) => Promise<SettingsAnswer | Failure>;
  step: (step: OtherCrmStep) => Promise<OtherCrmAnswer | Failure>;
  unmatched: () => Promise<UnmatchedAnswer | Failure>;
  assign: (operationId: string, assignment: Assignment) => Promise<OperationAnswer | Failure>;
  operation: (operationId: string) => Promise<OperationAnswer | Failure>;
};

export function createSettingsConnector(connectorUrl: string): SettingsConnector {
  const api = apiOf(connectorUrl);
  const address = `${api}/settings`;
  return {
    load: () => ask<SettingsAnswer>(address),
    save: (change) => ask<SettingsAnswer>(address, { operationId: newOperationId(), ...change }),
    step: (step) => ask<OtherCrmAnswer>(`${address}/other-crm`, { operationId: newOperationId(), ...step }),
    unmatched: () => ask<UnmatchedAnswer>(`${api}/unmatched`),
    assign: (operationId, { customerId, ...record }) =>
      createConnector({ connectorUrl, ...record }).start('assign-payer', operationId, { customerId }),
    operation: (operationId) => ask(`${api}/operations/${operationId}`),
  };
}
