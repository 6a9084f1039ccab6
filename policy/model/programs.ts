import type { DefaultAccount } from "./accounts.ts";
import { google, type Kind, type Tokens } from "./kinds.ts";

/** A type of resource that runs programs as a service account, in a region. */
export interface ProgramType {
  readonly tokens: Tokens;
  /** Paths of the accounts. */
  readonly accounts: readonly string[];
  /** Paths of instance templates, which name the account instead. */
  readonly templates?: readonly string[];
  /** Paths of the region or zone, or of a list of them. */
  readonly places: readonly string[];
  /** The account where none is named. @default none: the program then has no account */
  readonly otherwise?: DefaultAccount;
  /** Paths of the access scopes that limit the account's permissions on machines. @default no limit */
  readonly scopes?: readonly string[];
}

const LOCATION = ["location"];
const REGION = ["region"];
const ZONE = ["zone"];
/** Machines have no account without scopes, and GKE nodes without scopes may only read objects. */
const MACHINE = {
  otherwise: "compute",
  scopes: ["serviceAccount.scopes", "serviceAccounts.scopes"],
} as const;

/**
 * All types of the Google Cloud provider that run the user's programs as a service account. A test walks the types of
 * the installed provider and fails on one that is neither here nor listed as running no programs.
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
  program("appengine/standardAppVersion:StandardAppVersion", "appEngineStandardAppVersion", [], {
    accounts: ["serviceAccount"],
    places: [],
    otherwise: "appengine",
  }),
  program(
    "appengine/flexibleAppVersion:FlexibleAppVersion",
    "appEngineFlexibleAppVersion",
    ["appengine/v1:Version"],
    { accounts: ["serviceAccount"], places: [], otherwise: "appengine" },
  ),
  program("firebase/appHostingBackend:AppHostingBackend", "firebaseAppHostingBackend", [], {
    accounts: ["serviceAccount"],
    places: LOCATION,
  }),

  program("compute/instance:Instance", "computeInstance", ["compute/v1:Instance"], {
    accounts: ["serviceAccount.email", "serviceAccounts.email"],
    places: ZONE,
    ...MACHINE,
  }),
  program("compute/instanceFromTemplate:InstanceFromTemplate", "computeInstanceFromTemplate", [], {
    accounts: ["serviceAccount.email"],
    templates: ["sourceInstanceTemplate"],
    places: ZONE,
    ...MACHINE,
  }),
  program(
    "compute/instanceFromMachineImage:InstanceFromMachineImage",
    "computeInstanceFromMachineImage",
    [],
    {
      accounts: ["serviceAccount.email"],
      places: ZONE,
      ...MACHINE,
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
    otherwise: "compute",
    scopes: ["computeInstanceRestoreProperties.serviceAccounts.scopes"],
  }),
  program("tpu/v2Vm:V2Vm", "tpuV2Vm", ["tpu/v2alpha1:Node"], {
    accounts: ["serviceAccount.email"],
    places: ZONE,
    otherwise: "compute",
    scopes: ["serviceAccount.scopes", "serviceAccount.scope"],
  }),

  program("container/cluster:Cluster", "containerCluster", ["container/v1:Cluster"], {
    accounts: [
      "nodeConfig.serviceAccount",
      "nodePools.nodeConfig.serviceAccount",
      "nodePools.config.serviceAccount",
      "clusterAutoscaling.autoProvisioningDefaults.serviceAccount",
    ],
    places: LOCATION,
    otherwise: "compute",
    scopes: [
      "nodeConfig.oauthScopes",
      "nodePools.nodeConfig.oauthScopes",
      "nodePools.config.oauthScopes",
      "clusterAutoscaling.autoProvisioningDefaults.oauthScopes",
    ],
  }),
  program("container/nodePool:NodePool", "containerNodePool", ["container/v1:NodePool"], {
    accounts: ["nodeConfig.serviceAccount", "config.serviceAccount"],
    places: LOCATION,
    otherwise: "compute",
    scopes: ["nodeConfig.oauthScopes", "config.oauthScopes"],
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

/** Types that run programs as a service account. */
export const PROGRAM: Kind = BY_TOKEN;

export function programType(type: string): ProgramType | undefined {
  return BY_TOKEN.get(type);
}

/** Instance templates, which name the account of their machines. */
export const TEMPLATE: Pick<ProgramType, "accounts" | "otherwise" | "scopes"> = {
  accounts: ["serviceAccount.email", "properties.serviceAccounts.email"],
  otherwise: "compute",
  scopes: ["serviceAccount.scopes", "properties.serviceAccounts.scopes"],
};

/** App Engine versions, which run in the region of the project's application. */
export const APP_ENGINE_VERSION: Kind = {
  has: (type) => BY_TOKEN.has(type) && /:appengine\/|:index\/appEngine/.test(type),
};

/** Whether a scope lets machines write objects: by its address or its short name. */
export function letsWrite(scope: string): boolean {
  return /(?:^|\/)(?:cloud-platform|devstorage\.(?:read_write|full_control)|storage-(?:rw|full))$/.test(
    scope,
  );
}
