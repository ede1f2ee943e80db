// Kubernetes
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {.code = "WHY1801",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "A container exceeded its memory",
     .cause = "The container was ended because it used more memory than its limit.",
     .all = {"(?:OOMKilled|oom_kill_process.*kubepods|Memory cgroup out of memory.*|memory cgroup "
             "out of memory)"},
     .confidence = 0.75,
     .next = "Raise the container's memory limit and request, or use less host memory (data-loader "
             "workers, /dev/shm in memory counts too).",
     .fields = {"policy.run", "host.machine"},
     .why = "The limit is that of the pod's own specification; a memory-backed emptyDir counts "
            "towards it.",
     .matches = "    Reason:       OOMKilled",
     .near_miss = "    Reason:       Completed",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet; torvalds/linux v6.1 mm/memcontrol.c"},
    {.code = "WHY1802",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The pod was evicted or preempted",
     .cause = "Kubernetes removed the pod: {1}.",
     .all =
         {R"((The node (?:was low on resource|had condition): \S+|(?i:pod|reason|status|container).*\bEvicted\b|Preempted by pod|DisruptionTarget|TaintManagerEviction|Preempted in order to admit critical pod|DeletionByTaintManager|PreemptionByScheduler|node\.kubernetes\.io/(?:unreachable|not-ready):NoExecute))"},
     .confidence = 0.85,
     .next = "Ask for what the pod uses (ephemeral storage too), give it a priority, and resume "
             "from the last checkpoint.",
     .fields = {"host.machine.nodes"},
     .why = "The kubelet evicts pods under pressure of disk or memory, the scheduler preempts for "
            "higher priorities.",
     .matches = "Status: Failed  Reason: Evicted  Message: The node was low on resource: "
                "ephemeral-storage.",
     .near_miss = "Status: Failed  Reason: Error",
     .source =
         "kubernetes/kubernetes v1.31 pkg/kubelet/eviction, pkg/scheduler/framework/preemption"},
    {.code = "WHY1803",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The node went away",
     .cause = "A node of the job stopped answering.",
     .all =
         {R"((?:NodeNotReady|NodeLost|Node is not ready|node \S+ (?:not found|is unreachable)|node status is now: NodeNotReady|NodeShutdown|Pod was terminated in response to imminent node shutdown|\bNodeHasDiskPressure|Kubelet stopped posting node status))"},
     .confidence = 0.85,
     .next = "Look at kubectl describe node and the cloud's events (spot reclaim, maintenance); "
             "restart elsewhere.",
     .fields = {"host.machine.nodes"},
     .why = "The kubelet's heartbeats stopped or the node shuts down.",
     .matches = "Warning  NodeNotReady  3m  node-controller  Node is not ready",
     .near_miss = "Normal  NodeReady  3m  kubelet  Node n1 status is now: NodeReady",
     .source =
         "kubernetes/kubernetes v1.31 pkg/controller/nodelifecycle, pkg/kubelet/nodeshutdown"},
    {.code = "WHY1804",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "No node has what the pod asks for",
     .cause = "No node has room for the pod: {1}.",
     .all = {R"((\d+/\d+ nodes are available.*Insufficient [a-z0-9./-]+))"},
     .confidence = 0.6,
     .next = "Compare the request (GPUs, CPU, memory, hugepages, rdma devices) with kubectl "
             "describe nodes; wait, or ask for less.",
     .fields = {"host.machine.gpus_per_node"},
     .why = "The scheduler counts what running pods have reserved. More than any node has in all "
            "will never be placed.",
     .matches = "Warning  FailedScheduling  0/4 nodes are available: 4 Insufficient "
                "nvidia.com/gpu. preemption: 0/4 nodes are available",
     .near_miss = "Warning  FailedScheduling  0/4 nodes are available: 4 node(s) didn't match "
                  "Pod's node affinity/selector.",
     .source = "kubernetes/kubernetes v1.31 pkg/scheduler/framework/plugins/noderesources/fit.go"},
    {.code = "WHY1805",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The pod fits no node by its own rules",
     .cause = "The pod's selectors, tolerations or volumes exclude every node: {1}.",
     .all =
         {R"(\d+/\d+ nodes are available.*(node\(s\) (?:didn't match (?:Pod's node affinity|pod (?:anti-)?affinity|node selector|pod topology spread)|had (?:untolerated taints?|taint|taints that the pod didn't tolerate)|had volume node affinity conflict|didn't find available persistent volumes|didn't have free ports)[^.]*))"},
     .none = {"Insufficient"},
     .confidence = 0.8,
     .next =
         "Compare nodeSelector, affinity and tolerations with the labels and taints of the nodes.",
     .fields = {"host.machine.nodes"},
     .why = "GPU pools are usually tainted and labelled; the manifest must name both.",
     .matches = "Warning  FailedScheduling  0/4 nodes are available: 4 node(s) had untolerated "
                "taint {nvidia.com/gpu: present}.",
     .near_miss =
         "Warning  FailedScheduling  0/4 nodes are available: 4 Insufficient nvidia.com/gpu.",
     .source = "kubernetes/kubernetes v1.31 pkg/scheduler/framework/plugins"},
    {.code = "WHY1806",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The image cannot be pulled",
     .cause = "The container's image cannot be pulled: {1}.",
     .all =
         {R"((?:(manifest (?:unknown|for \S+ not found)|repository does not exist or may require|pull access denied[^"]*|failed to resolve reference.*(?:not found|unauthorized|403 Forbidden|authorization failed)|InvalidImageName|no match for platform in manifest)|ErrImageNeverPull))"},
     .confidence = 0.65,
     .next = "Correct the image's name and tag, and give the pod a pull secret for its registry.",
     .fields = {"policy.run"},
     .why = "The registry answered that the image is not there or not for this account.",
     .matches = "Failed to pull image \"ghcr.io/x/y:v9\": rpc error: code = NotFound desc = failed "
                "to resolve reference \"ghcr.io/x/y:v9\": ghcr.io/x/y:v9: not found",
     .near_miss =
         "Failed to pull image \"ghcr.io/x/y:v9\": dial tcp 140.82.121.33:443: i/o timeout",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet/images/types.go; containerd/containerd "
               "remotes/docker"},
    {.code = "WHY1807",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "The image did not arrive",
     .cause = "The node could not pull the container's image.",
     .all = {"(?:ImagePullBackOff|ErrImagePull|Failed to pull image|toomanyrequests: )"},
     .confidence = 0.5,
     .next = "Read the event of the pull: the name, the credentials, or the node's way to the "
             "registry.",
     .fields = {"host.network"},
     .why = "The reason is in the message of the first pull.",
     .matches = "Warning  Failed  1m  kubelet  Error: ImagePullBackOff",
     .near_miss = "Normal  Pulled  1m  kubelet  Successfully pulled image",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet/images/types.go"},
    {.code = "WHY1808",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "A volume cannot be mounted",
     .cause = "A volume of the pod could not be attached or mounted.",
     .all =
         {R"((?:FailedMount|FailedAttachVolume|MountVolume\.SetUp failed|Unable to attach or mount volumes|Multi-Attach error for volume|persistentvolumeclaim "[^"]+" not found|mount\.nfs: |mount failed: exit status))"},
     .confidence = 0.75,
     .next = "Look at the claim, its storage class and the node's CSI driver.",
     .fields = {"host.datasets"},
     .why = "The pod cannot start before all its volumes are there.",
     .matches = "Warning  FailedMount  2m  kubelet  MountVolume.SetUp failed for volume \"data\" : "
                "mount failed: exit status 32",
     .near_miss = "Normal  SuccessfulAttachVolume  2m  attachdetach-controller  "
                  "AttachVolume.Attach succeeded for volume \"data\"",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet/volumemanager, pkg/volume"},
    {.code = "WHY1809",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The device plugin has no GPU to give",
     .cause = "The node could not give the pod the devices that it was promised.",
     .all = {"(?:UnexpectedAdmissionError|Allocate failed due to|no healthy devices present; "
             "cannot allocate|requested number of devices unavailable)"},
     .confidence = 0.85,
     .next = "Restart the device plugin and look for unhealthy GPUs on the node.",
     .fields = {"host.machine.gpus_per_node"},
     .why = "A GPU became unhealthy, or the plugin restarted between scheduling and start.",
     .matches = "Warning  UnexpectedAdmissionError  1m  kubelet  Allocate failed due to no healthy "
                "devices present; cannot allocate unhealthy devices nvidia.com/gpu",
     .near_miss =
         "Normal  Scheduled  1m  default-scheduler  Successfully assigned default/w-0 to n1",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet/cm/devicemanager/manager.go"},
    {.code = "WHY1810",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The manifest is refused",
     .cause = "The API server refused the manifest: {1}.",
     .all =
         {R"((?:(error validating data: .*|is invalid: (?:spec|metadata)\S* .*|exceeded quota: .*|admission webhook "[^"]+" denied the request: .*|is forbidden: .*|unknown field "[^"]+"|violates PodSecurity .*)))"},
     .confidence = 0.85,
     .next = "Correct the field that is named, or ask for the right or quota that is missing.",
     .fields = {"policy.run"},
     .why = "Validation, quota or policy of the cluster, before anything starts.",
     .matches = "Error from server (Forbidden): pods \"w-0\" is forbidden: exceeded quota: gpu, "
                "requested: requests.nvidia.com/gpu=8, used: requests.nvidia.com/gpu=8, limited: "
                "requests.nvidia.com/gpu=8",
     .near_miss = "pod/w-0 created",
     .source = "kubernetes/kubernetes v1.31 staging/src/k8s.io/apiserver, "
               "plugin/pkg/admission/resourcequota"},
    {.code = "WHY1811",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "The cluster does not know this kind",
     .cause = "The cluster has no such resource ({1}): its operator is not installed or of another "
              "version.",
     .all =
         {R"((no matches for kind "\w+" in version "[^"]+"|the server doesn't have a resource type "\w+"|ensure CRDs are installed first))"},
     .confidence = 0.8,
     .next =
         "Install JobSet or the Kubeflow trainer in the version that the manifest is written for.",
     .fields = {"host.versions"},
     .why = "JobSet and TrainJob are custom resources that come with their operators.",
     .matches =
         "error: resource mapping not found for name: \"t\" namespace: \"\" from \"job.yaml\": no "
         "matches for kind \"JobSet\" in version \"jobset.x-k8s.io/v1alpha2\"",
     .near_miss = "jobset.jobset.x-k8s.io/t created",
     .source =
         "kubernetes/kubernetes v1.31 staging/src/k8s.io/apimachinery/pkg/api/meta/errors.go"},
    {.code = "WHY1812",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The container could not be created",
     .cause = "The node failed to create the container or its network: {1}.",
     .all = {"(FailedCreatePodSandBox|failed to create (?:containerd task|shim task|pod "
             "sandbox)|failed to (?:set up|setup) (?:pod "
             ")?network|CreateContainerError|RunContainerError|context deadline exceeded: "
             "(?:unknown|code)|failed to reserve container name)"},
     .none = {R"(exec: ")", "unsatisfied condition"},
     .confidence = 0.7,
     .next =
         "Read the rest of the event: CNI plugin, runtime hook, or a stale container on the node.",
     .fields = {"host.machine.nodes"},
     .why = "The runtime of the node failed before the program started.",
     .matches = "Warning  FailedCreatePodSandBox  1m  kubelet  Failed to create pod sandbox: "
                "plugin type=\"multus\" failed (add)",
     .near_miss = "Normal  Created  1m  kubelet  Created container pytorch",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet/kuberuntime; containerd/containerd"},
    {.code = "WHY1813",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The container's command or configuration is wrong",
     .cause = "The container cannot start as described: {1}.",
     .all =
         {R"((exec: "[^"]+": (?:executable file not found in \$PATH|stat .*no such file or directory|permission denied)|CreateContainerConfigError|(?:secret|configmap) "[^"]+" not found))"},
     .confidence = 0.7,
     .next = "Correct the command, or create the secret or config map that it names.",
     .fields = {"policy.run"},
     .why = "The manifest names a program, secret or config map that is not there.",
     .matches = "Error: failed to create containerd task: exec: \"torchrunn\": executable file not "
                "found in $PATH: unknown",
     .near_miss = "Normal  Started  1m  kubelet  Started container pytorch",
     .source =
         "opencontainers/runc libcontainer; kubernetes/kubernetes v1.31 pkg/kubelet/kuberuntime"},
    {.code = "WHY1814",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "An image for another processor",
     .cause = "The image's programs are built for another processor architecture.",
     .all = {"(?:exec format error|cannot execute binary file|no matching manifest for linux/)"},
     .confidence = 0.85,
     .next = "Build or pull the image for this node's architecture (arm64 for Grace hosts, amd64 "
             "else).",
     .fields = {"host.machine"},
     .why = "Hosts with Grace processors are arm64; most images are amd64.",
     .matches = "exec /usr/local/bin/torchrun: exec format error",
     .near_miss = "exec: \"torchrunn\": executable file not found in $PATH",
     .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno-base.h (ENOEXEC)"},
    {.code = "WHY1815",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The job's deadline passed",
     .cause = "Kubernetes ended the job at its deadline.",
     .all = {"(?:DeadlineExceeded|was active longer than specified deadline)"},
     .confidence = 0.7,
     .next = "Raise activeDeadlineSeconds and resume from the last checkpoint.",
     .fields = {"policy.run"},
     .why = "activeDeadlineSeconds limits a job's whole life, restarts included.",
     .matches = "Warning  DeadlineExceeded  1m  job-controller  Job was active longer than "
                "specified deadline",
     .near_miss = "Normal  Completed  1m  job-controller  Job completed",
     .source = "kubernetes/kubernetes v1.31 pkg/controller/job/job_controller.go"},
    {.code = "WHY1816",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "Kubernetes restarts what fails",
     .cause = "Kubernetes reports that a container fails again and again, or that the job gave up; "
              "the reason is in the container's log.",
     .all =
         {R"((?:CrashLoopBackOff|Back-off restarting failed container|BackoffLimitExceeded|has reached the specified backoff limit|jobset failed due to one or more job failures|PyTorchJob \S+ is failed because))"},
     .confidence = 0.3,
     .next = "Read kubectl logs --previous of the first pod that failed.",
     .why = "The summary of the controller.",
     .matches =
         "Warning  BackOff  1m  kubelet  Back-off restarting failed container pytorch in pod w-0",
     .near_miss = "Normal  Started  1m  kubelet  Started container pytorch",
     .source = "kubernetes/kubernetes v1.31 pkg/kubelet/kubelet.go, "
               "pkg/controller/job/job_controller.go"},
};

}  // namespace

std::span<const Signature> KubernetesSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
