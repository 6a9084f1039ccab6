import "./workloads.js";
import "./yaml.js";
import "./yaml-v2.js";
import "./charts.js";
import "./kustomize.js";
import "./custom-resources.js";
