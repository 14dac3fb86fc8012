// The settings page's way to the connector: reads the settings, and sends what an admin changed.
import { apiOf, ask, type Failure } from '../connector.ts';
import { newOperationId } from '../operation-ids.ts';
import type { SettingsAnswer, SettingsRequest } from '../view-types.ts';

export type SettingsChange = Omit<SettingsRequest, 'operationId'>;

export type SettingsConnector = {
  load: () => Promise<SettingsAnswer | Failure>;
  save: (change: SettingsChange) => Promise<SettingsAnswer | Failure>;
};

export function createSettingsConnector(connectorUrl: string): SettingsConnector {
  const address = `${apiOf(connectorUrl)}/settings`;
  return {
    load: () => ask<SettingsAnswer>(address),
    save: (change) => ask<SettingsAnswer>(address, { operationId: newOperationId(), ...change }),
  };
}
