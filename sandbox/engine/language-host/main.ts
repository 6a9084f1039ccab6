/**
 * The Node.js language host that the Pulumi engine starts as `pulumi-language-nodejs [flags] <engine address>`. It serves the
 * LanguageRuntime protocol on a loopback port, which it prints as its first line of output. Whatever else reaches its standard
 * output or error the engine shows to the user.
 *
 * Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import languageRpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import "../../process/exit-with-parent.ts";
import { stopChildrenAtExit } from "./children.ts";
import { languageRuntime } from "./service.ts";

/** The engine sends whole programs' worth of properties in one message; this is the limit its own hosts use: 400 MiB. */
const maxMessageBytes = 400 * 1024 * 1024;

const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";

stopChildrenAtExit();
const server = new Server({
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
});
server.addService(languageRpc.LanguageRuntimeService, languageRuntime(engineAddress));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`cannot listen on the loopback interface: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});
