import { group } from './command.ts'
import { listDeliveryAttempts, listEndpointDeliveries, replay, sendTest } from './webhook-deliveries.ts'
import {
  addEndpoint,
  changeEndpoint,
  listAllEndpoints,
  removeEndpoint,
  rotateEndpoint,
  showEndpoint,
} from './webhook-endpoints.ts'
import { listen } from './webhook-listen.ts'

export const webhooks = group('webhooks', "Tell partners' programs what happens, and see what arrived.", [
  addEndpoint,
  listAllEndpoints,
  showEndpoint,
  changeEndpoint,
  removeEndpoint,
  rotateEndpoint,
  sendTest,
  listEndpointDeliveries,
  listDeliveryAttempts,
  replay,
  listen,
])
