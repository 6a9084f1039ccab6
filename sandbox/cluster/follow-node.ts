/**
 * Preloaded into each pod's process: when the sandbox's node is gone, however it ended, the pod goes too. A signal, not an exit, so that
 * the program drains and its children end; then the whole process group, which is the pod's own.
 */
const end = (): void => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), 3000).unref();
};
process.on("disconnect", end);
process.channel?.unref();
// The node may have ended while this was loading: a process with `send` had a channel.
if (process.send !== undefined && !process.connected) end();
