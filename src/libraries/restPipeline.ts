// Loaded by `import()` alone: in the deployed app a file of its own, read with the first request to ARM.
export {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
export { Agent } from 'node:https';
