/**
 * Code to run before the deployed app in a process without a host: it answers for the platform, and `registered` then maps
 * the name of each function to its handler.
 */
export const platform = `
  const Module = require('node:module');
  const registered = new Map();
  const core = {
    registerFunction: ({ name }, handler) => void registered.set(name, handler),
    setProgrammingModel: () => undefined,
    registerHook: () => undefined,
    log: () => undefined,
  };
  const original = Module.prototype.require;
  Module.prototype.require = function (id) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };`;
