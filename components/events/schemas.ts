/**
 * Schemas of the messages, as Protocol Buffers with JSON encoding, which accepts plain JSON; Avro's JSON would wrap
 * every optional value. Fields have the names of the JSON, so that no mapping is needed.
 *
 * proto3 has no required fields: Pub/Sub refuses unknown fields and wrong types, and the programs check for missing
 * fields. A schema has one top-level type and no imports. Source: https://docs.cloud.google.com/pubsub/docs/schemas
 */

/** A CloudEvent 1.0 in structured mode about a job. */
export const JOB_EVENT_SCHEMA = `syntax = "proto3";

message JobEvent {
  string specversion = 1;
  string id = 2;
  string source = 3;
  string type = 4;
  string subject = 5;
  string time = 6;
  string datacontenttype = 7;
  Data data = 8;

  message Data {
    string jobId = 1;
    int32 attempt = 2;
    string region = 3;
    map<string, string> labels = 4;
    Media media = 5;
    string outputPrefix = 6;
    repeated Output outputs = 7;
    Error error = 8;
  }
  message Media {
    string kind = 1;
    double durationSeconds = 2;
    int32 width = 3;
    int32 height = 4;
    double framesPerSecond = 5;
    repeated string renditions = 6;
    repeated string notes = 7;
  }
  message Output {
    string name = 1;
    string uri = 2;
    string contentType = 3;
    int64 size = 4;
    string crc32c = 5;
    string generation = 6;
  }
  message Error {
    string code = 1;
    string message = 2;
  }
}
`;

/** What a client requests. */
export const JOB_REQUEST_SCHEMA = `syntax = "proto3";

message JobRequest {
  string id = 1;
  string input = 2;
  string outputPrefix = 3;
  string profile = 4;
  map<string, string> labels = 5;
  Overrides overrides = 6;
  string priority = 7;
  string inputKeySecret = 8;
  string outputKeySecret = 9;

  message Overrides {
    int32 maxShortEdge = 1;
    double maxFramesPerSecond = 2;
    int32 segmentSeconds = 3;
    int32 crf = 4;
    bool hls = 5;
    bool dash = 6;
    bool progressive = 7;
    bool captions = 8;
    bool poster = 9;
    bool storyboard = 10;
    bool vmaf = 11;
    string audioLanguages = 12;
    string monoTracks = 13;
  }
}
`;
