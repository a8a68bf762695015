/** Preloaded into every process of the local environment: none outlives the one that started it, however that one ends. */
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
