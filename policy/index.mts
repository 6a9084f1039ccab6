// .mts, because Pulumi registers an old ts-node for .ts before it requires the pack, and that knows no ES modules.
import "./pack.ts";
