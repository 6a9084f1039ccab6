/** Label and taint of encoder nodes; the value is the pool's name. */
export const POOL_KEY = "mpegflow-pool";
