/** Where notifications go. */
export interface Topics {
  /** @param topic `projects/P/topics/T` */
  exists(topic: string): boolean;
  publish(topic: string, data: Uint8Array, attributes: Record<string, string>): Promise<void>;
}
