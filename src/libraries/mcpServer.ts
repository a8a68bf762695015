// Loaded by `import()` alone: in the deployed app a file of its own, read with the first message of an assistant.
export {
  createMcpHandler,
  isLegacyRequest,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
