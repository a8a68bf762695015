// Loaded by `import()` alone: in the deployed app a file of its own, read with the first token.
export { decodeProtectedHeader, errors, jwtVerify } from 'jose';
