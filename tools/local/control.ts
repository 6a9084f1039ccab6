import type { CloudAddress } from "../../sandbox/cloud/address.ts";

/** Calls of the local cloud's control API that drills make. */
export interface CloudControl {
  call(method: "GET" | "PUT" | "POST", path: string, body?: object): Promise<unknown>;
}

export function cloudControl({ url, token }: CloudAddress): CloudControl {
  return {
    call: async (method, path, body) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    },
  };
}
