/** Backup vaults; recorded working in November 2025. The version decides whether creating an instance answers 201 or 202. */
export const dataProtectionApiVersion = '2025-07-01';

/** The first version with automatic protection of blob containers; used for nothing else. */
export const autoProtectionApiVersion = '2026-03-01';
