import type { DefaultAccount } from "./accounts.ts";
import { google, type Kind, type Tokens } from "./kinds.ts";

/** A type of resource that runs programs as a service account, in a place. */
export interface ProgramType {
  readonly tokens: Tokens;
  /** Paths of the accounts. */
  readonly accounts: readonly string[];
  /** Paths of instance templates, which name the account instead. */
  readonly templates?: readonly string[];
  /** Paths of the place: a region, a zone or a list of them. */
  readonly places: readonly string[];
  /** The account where none is named. @default none: the program then has no account */
  readonly otherwise?: DefaultAccount;
}

const LOCATION = ["location"];
const REGION = ["region"];
const ZONE = ["zone"];

/**
 * Every type of Google Cloud's provider that runs programs of the stack's owner as a service account. A test walks the types of the
 * installed provider and fails on one that is neither here nor among those that run nothing.
 */
export const PROGRAM_TYPES: readonly ProgramType[] = [
  program("cloudrunv2/service:Service", "cloudRunV2Service", ["run/v2:Service"], {
    accounts: ["template.serviceAccount", "buildConfig.serviceAccount"],
    places: ["location", "multiRegionSettings.regions"],
    otherwise: "compute",
  }),
  program("cloudrunv2/job:Job", "cloudRunV2Job", ["run/v2:Job"], {
    accounts: ["template.template.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("cloudrunv2/workerPool:WorkerPool", "cloudRunV2WorkerPool", ["run/v2:WorkerPool"], {
    accounts: ["template.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("cloudrun/service:Service", "cloudRunService", ["run/v1:Service"], {
    accounts: ["template.spec.serviceAccountName", "spec.template.spec.serviceAccountName"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("cloudfunctions/function:Function", "cloudfunctionsFunction", ["cloudfunctions/v1:Function"], {
    accounts: ["serviceAccountEmail", "buildServiceAccount"],
    places: ["region", "location"],
    otherwise: "appengine",
  }),
  program("cloudfunctionsv2/function:Function", "cloudfunctions2Function", ["cloudfunctions/v2:Function"], {
    accounts: ["serviceConfig.serviceAccountEmail", "buildConfig.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("firebase/appHostingBackend:AppHostingBackend", "firebaseAppHostingBackend", [], {
    accounts: ["serviceAccount"],
    places: LOCATION,
  }),

  program("compute/instance:Instance", "computeInstance", ["compute/v1:Instance"], {
    accounts: ["serviceAccount.email", "serviceAccounts.email"],
    places: ZONE,
  }),
  program("compute/instanceFromTemplate:InstanceFromTemplate", "computeInstanceFromTemplate", [], {
    accounts: ["serviceAccount.email"],
    templates: ["sourceInstanceTemplate"],
    places: ZONE,
  }),
  program(
    "compute/instanceFromMachineImage:InstanceFromMachineImage",
    "computeInstanceFromMachineImage",
    [],
    {
      accounts: ["serviceAccount.email"],
      places: ZONE,
    },
  ),
  program(
    "compute/instanceGroupManager:InstanceGroupManager",
    "computeInstanceGroupManager",
    ["compute/v1:InstanceGroupManager"],
    { accounts: [], templates: ["versions.instanceTemplate", "instanceTemplate"], places: ZONE },
  ),
  program(
    "compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    "computeRegionInstanceGroupManager",
    ["compute/v1:RegionInstanceGroupManager"],
    { accounts: [], templates: ["versions.instanceTemplate", "instanceTemplate"], places: REGION },
  ),
  program("backupdisasterrecovery/restoreWorkload:RestoreWorkload", "backupDrRestoreWorkload", [], {
    accounts: ["computeInstanceRestoreProperties.serviceAccounts.email"],
    places: ["computeInstanceTargetEnvironment.zone"],
  }),
  program("tpu/v2Vm:V2Vm", "tpuV2Vm", ["tpu/v2alpha1:Node"], {
    accounts: ["serviceAccount.email"],
    places: ZONE,
  }),

  program("container/cluster:Cluster", "containerCluster", ["container/v1:Cluster"], {
    accounts: [
      "nodeConfig.serviceAccount",
      "nodePools.nodeConfig.serviceAccount",
      "clusterAutoscaling.autoProvisioningDefaults.serviceAccount",
    ],
    places: LOCATION,
  }),
  program("container/nodePool:NodePool", "containerNodePool", ["container/v1:NodePool"], {
    accounts: ["nodeConfig.serviceAccount", "config.serviceAccount"],
    places: LOCATION,
  }),

  program("cloudbuild/trigger:Trigger", "cloudbuildTrigger", ["cloudbuild/v1:Trigger"], {
    accounts: ["serviceAccount"],
    places: LOCATION,
  }),
  program("clouddeploy/target:Target", "clouddeployTarget", ["clouddeploy/v1:Target"], {
    accounts: ["executionConfigs.serviceAccount"],
    places: LOCATION,
  }),
  program("configdeployment/deployment:Deployment", "configDeployment", [], {
    accounts: ["serviceAccount"],
    places: LOCATION,
  }),
  program("workflows/workflow:Workflow", "workflowsWorkflow", ["workflows/v1:Workflow"], {
    accounts: ["serviceAccount"],
    places: REGION,
    otherwise: "compute",
  }),
  program("workstations/workstationConfig:WorkstationConfig", "workstationsWorkstationConfig", [], {
    accounts: ["host.gceInstance.serviceAccount"],
    places: LOCATION,
  }),
  program("composer/environment:Environment", "composerEnvironment", ["composer/v1:Environment"], {
    accounts: ["config.nodeConfig.serviceAccount"],
    places: ["region", "location"],
    otherwise: "compute",
  }),

  program("dataflow/job:Job", "dataflowJob", ["dataflow/v1b3:Job"], {
    accounts: ["serviceAccountEmail", "environment.serviceAccountEmail"],
    places: ["region", "zone", "location"],
    otherwise: "compute",
  }),
  program("dataflow/flexTemplateJob:FlexTemplateJob", "dataflowFlexTemplateJob", [], {
    accounts: ["serviceAccountEmail"],
    places: REGION,
    otherwise: "compute",
  }),
  program("dataflow/pipeline:Pipeline", "dataPipelinePipeline", [], {
    accounts: [
      "workload.dataflowFlexTemplateRequest.launchParameter.environment.serviceAccountEmail",
      "workload.dataflowLaunchTemplateRequest.launchParameters.environment.serviceAccountEmail",
    ],
    places: REGION,
    otherwise: "compute",
  }),
  program("datafusion/instance:Instance", "dataFusionInstance", ["datafusion/v1:Instance"], {
    accounts: ["dataprocServiceAccount"],
    places: ["region", "location"],
    otherwise: "compute",
  }),
  program("dataplex/task:Task", "dataplexTask", ["dataplex/v1:Task"], {
    accounts: ["executionSpec.serviceAccount"],
    places: LOCATION,
  }),
  program("dataproc/cluster:Cluster", "dataprocCluster", ["dataproc/v1:Cluster"], {
    accounts: ["clusterConfig.gceClusterConfig.serviceAccount", "config.gceClusterConfig.serviceAccount"],
    places: REGION,
    otherwise: "compute",
  }),
  program("dataproc/batch:Batch", "dataprocBatch", ["dataproc/v1:Batch"], {
    accounts: ["environmentConfig.executionConfig.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("dataproc/sessionTemplate:SessionTemplate", "dataprocSessionTemplate", [], {
    accounts: ["environmentConfig.executionConfig.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("dataproc/workflowTemplate:WorkflowTemplate", "dataprocWorkflowTemplate", [], {
    accounts: ["placement.managedCluster.config.gceClusterConfig.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),

  program("notebooks/instance:Instance", "notebooksInstance", ["notebooks/v1:Instance"], {
    accounts: ["serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("workbench/instance:Instance", "workbenchInstance", ["notebooks/v2:Instance"], {
    accounts: ["gceSetup.serviceAccounts.email"],
    places: LOCATION,
    otherwise: "compute",
  }),
  program("colab/notebookExecution:NotebookExecution", "colabNotebookExecution", [], {
    accounts: ["serviceAccount"],
    places: LOCATION,
  }),
  program("colab/schedule:Schedule", "colabSchedule", [], {
    accounts: [
      "createNotebookExecutionJobRequest.notebookExecutionJob.serviceAccount",
      "createPipelineJobRequest.pipelineJob.serviceAccount",
    ],
    places: LOCATION,
  }),
  program("vertex/aiSchedule:AiSchedule", "vertexAiSchedule", [], {
    accounts: [
      "createNotebookExecutionJobRequest.notebookExecutionJob.serviceAccount",
      "createPipelineJobRequest.pipelineJob.serviceAccount",
    ],
    places: LOCATION,
  }),
  program("vertex/aiReasoningEngine:AiReasoningEngine", "vertexAiReasoningEngine", [], {
    accounts: ["spec.serviceAccount"],
    places: REGION,
  }),
  program("vertex/aiPersistentResource:AiPersistentResource", "vertexAiPersistentResource", [], {
    accounts: ["resourceRuntimeSpec.serviceAccountSpec.serviceAccount"],
    places: LOCATION,
  }),
];

function program(
  classic: string,
  terraform: string,
  native: readonly string[],
  rest: Omit<ProgramType, "tokens">,
): ProgramType {
  return { tokens: google(classic, terraform, ...native), ...rest };
}

const BY_TOKEN = new Map(
  PROGRAM_TYPES.flatMap((one) => [...one.tokens].map((token) => [token, one] as const)),
);

/** What runs programs as a service account. */
export const PROGRAM: Kind = BY_TOKEN;

export function programType(type: string): ProgramType | undefined {
  return BY_TOKEN.get(type);
}

/** Where instance templates name the account of their machines. */
export const TEMPLATE_ACCOUNTS = ["serviceAccount.email", "properties.serviceAccounts.email"];
