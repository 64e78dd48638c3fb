/**
 * Tables that have a partition for each day, and lose whole days when they are old enough. Tries come after the deliveries they belong to: what
 * is left of those decides which tries outlive their day.
 */
export const keptTables = ['webhook_ended_deliveries', 'webhook_attempts', 'api_calls'] as const

export type KeptTable = (typeof keptTables)[number]
