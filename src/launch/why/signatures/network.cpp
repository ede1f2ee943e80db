// Networks below NCCL
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures
        [] =
            {
                {.code = "WHY1601",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "DeepEP timed out",
                 .cause = "DeepEP waited in vain for tokens of a peer ({1}).",
                 .all =
                     {R"((DeepEP error: (?:CPU recv timeout|timeout)[^"]*|DeepEP timeout for [a-z ]+|DeepEP (?:dispatch|combine|RDMA)[^"]* timeout|Dispatch CPU wait))"},
                 .confidence = 0.75,
                 .next = "Check NVSHMEM's and IBGDA's transport between these nodes and NVLink "
                         "within them (DeepEP's own tests), then whether a rank left the step.",
                 .fields = {"policy.dispatcher.kind", "host.network.interface"},
                 .why = "The kernels poll for data that peers write through NVLink or RDMA. A peer "
                        "that stopped or a transport that does not deliver makes them give up; "
                        "errors on other ranks follow from it.",
                 .matches = "RuntimeError: DeepEP error: CPU recv timeout",
                 .near_miss = "INFO Allocating buffer for DeepEP with 1024 MiB",
                 .source = "deepseek-ai/DeepEP dd758ca csrc/legacy/buffer.hpp:596, 1105; "
                           "csrc/kernels/legacy/internode.cu"},
                {.code = "WHY1602",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "DeepEP refuses a size",
                 .cause = "An assertion of DeepEP about sizes failed: {1}.",
                 .all =
                     {R"(Assertion error \S*(?:deep_ep|buffer|internode|intranode|config|layout|launch)\S*:\d+ '(.*)')"},
                 .none = {"DeepEP (?:error: )?.*timeout"},
                 .confidence = 0.6,
                 .next = "Compare tokens a rank, hidden size, top-k and the number of ranks with "
                         "what this build of DeepEP takes, and size the buffers for them.",
                 .fields = {"policy.dispatcher.kind", "policy.batch.micro_batch_size",
                            "policy.layout.expert_parallel"},
                 .why = "DeepEP has kernels for certain numbers of ranks and sizes, and buffers "
                        "that were sized beforehand.",
                 .matches =
                     "RuntimeError: Failed: Assertion error csrc/deep_ep.cpp:1105 'x.size(0) == "
                     "topk_idx.size(0) and x.size(0) <= num_max_dispatch_tokens_per_rank'",
                 .near_miss = "RuntimeError: DeepEP error: CPU recv timeout",
                 .source = "deepseek-ai/DeepEP dd758ca csrc/kernels/legacy/exception.cuh, "
                           "csrc/legacy/buffer.hpp"},
                {.code = "WHY1603",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "NVSHMEM has no transport",
                 .cause = "NVSHMEM could bring up no transport between the GPUs ({1}).",
                 .all =
                     {R"((Unable to initialize any transports|neither nv_peer_mem|cannot allocate buffer on the specified memory type|cannot allocate mlx5dv_devx_\w+|nvshmem detect topo failed|building transport map failed|^ibv_modify_qp failed|nvshmem\S*: non-zero status: \d+ ibv_\w+ failed|init failed for transport: \w+|nvshmem initialization failed|nvshmem(?:i|t|x)?\S* (?:init|setup)\S* failed|nvshmem.* peer GPU \d+ is not accessible|Unable to access ibgda device state))"},
                 .confidence = 0.75,
                 .next = "Run with NVSHMEM_DEBUG=INFO; IBGDA needs the driver options "
                         "PeerMappingOverride=1 and streams enabled, nvidia-peermem or dma-buf, "
                         "and NVSHMEM_HCA_LIST for the right adapters.",
                 .fields = {"host.network.interface", "policy.environment.NVSHMEM_HCA_LIST"},
                 .why = "NVSHMEM needs a working transport to every peer at start. Its "
                        "GPU-initiated one depends on options of the kernel driver.",
                 .matches = "/nvshmem/src/host/transport/transport.cpp:392: Unable to initialize "
                            "any transports. returning error.",
                 .near_miss = "NVSHMEM INFO NVSHMEM symmetric heap kind = DEVICE selected",
                 .source = "NVIDIA/nvshmem 2d7d25f src/host/transport/transport.cpp, "
                           "src/host/init/init.cu"},
                {.code = "WHY1604",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "The symmetric heap is too small",
                 .cause = "NVSHMEM's symmetric heap cannot hold what was asked of it.",
                 .all = {"(?i)(?:nvshmem.*(?:out of memory|symmetric heap.*(?:too "
                         "small|exceed|exhaust))|nvshmem_(?:malloc|align|calloc).*(?:fail|null)|"
                         "symmetric heap.*(?:too small|out of memory))"},
                 .confidence = 0.65,
                 .next = "Raise NVSHMEM_SYMMETRIC_SIZE, or make the buffers smaller.",
                 .fields = {"policy.environment.NVSHMEM_SYMMETRIC_SIZE"},
                 .why = "All symmetric objects come from a heap whose size is fixed at start.",
                 .matches = "NVSHMEM ERROR: nvshmem_malloc failed for 4294967296 bytes",
                 .near_miss = "NVSHMEM INFO nvshmem_malloc 4096 bytes",
                 .source = "NVIDIA/nvshmem 2d7d25f src/host/mem/mem_heap.cpp"},
                {.code = "WHY1605",
                 .cls = Class::kStack,
                 .role = Role::kRoot,
                 .title = "NVSHMEM's parts do not fit",
                 .cause = "NVSHMEM's library, bootstrap plugin and device code are of different "
                          "versions.",
                 .all =
                     {R"((?i)(?:nvshmem.*(?:version mismatch|incompatible version|does not match)|Bootstrap unable to load '|nvshmem_bootstrap_\w+\.so.*(?:cannot open|undefined symbol)|libnvshmem\S*\.so\S*: cannot open|undefined symbol: nvshmem))"},
                 .confidence = 0.75,
                 .next = "Build DeepEP against the installed NVSHMEM, and have one nvshmem on "
                         "LD_LIBRARY_PATH.",
                 .fields = {"host.versions"},
                 .why = "The device library that is linked into an extension must fit the host "
                        "library that is loaded.",
                 .matches = "NVSHMEM ERROR: Bootstrap unable to load 'nvshmem_bootstrap_uid.so.3'",
                 .near_miss = "NVSHMEM INFO Bootstrap UID plugin loaded",
                 .source = "NVIDIA/nvshmem 2d7d25f src/host/bootstrap/bootstrap_loader.cpp:64"},
                {.code = "WHY1606",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "NVSHMEM failed",
                 .cause = "NVSHMEM reported an error while it ran.",
                 .all =
                     {R"((?:nvshmem(?:i|t|x)?_?\w*.*(?:aborting due to error|received timeout signal from GPU thread)|NVSHMEM ERROR|WARN: init failed for remote transport))"},
                 .confidence = 0.5,
                 .next = "Run with NVSHMEM_DEBUG=INFO and look at the transport that is named.",
                 .fields = {"host.network.interface"},
                 .why = "The proxy or transport of NVSHMEM failed; its own lines name which.",
                 .matches = "src/host/proxy/proxy.cpp:155: non-zero status: 7 nvshmemi aborting "
                            "due to error in progress_quiet",
                 .near_miss = "NVSHMEM INFO proxy started",
                 .source = "NVIDIA/nvshmem 2d7d25f src/host/proxy/proxy.cpp"},
                {.code = "WHY1607",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "A UCX device that does not exist",
                 .cause = "UCX was told to use {1}, which this host does not have.",
                 .all = {"network device '([^']+)' is not available, please use one or more of"},
                 .confidence = 0.8,
                 .next = "Correct UCX_NET_DEVICES to devices that every node has (ucx_info -d).",
                 .fields = {"policy.environment.UCX_NET_DEVICES"},
                 .why = "Names of adapters differ between machine types.",
                 .matches =
                     "[1700.1] [n1:99:0] ucp_context.c:1470 UCX WARN network device 'mlx5_9:1' is "
                     "not available, please use one or more of: 'eth0'(tcp), 'mlx5_0:1'(ib)",
                 .near_miss = "[1700.1] [n1:99:0] UCX INFO ep_cfg[1]: tag(rc_mlx5/mlx5_0:1)",
                 .source = "openucx/ucx 9466d10 src/ucp/core/ucp_context.c"},
                {.code = "WHY1608",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "UCX cannot reach a peer",
                 .cause = "UCX lost or could not reach a peer ({1}).",
                 .all =
                     {R"(UCX\s+ERROR.*?(Transport retry count exceeded|Remote access error|Local protection|no active messages transport|Destination is unreachable|connect\(.*failed|Connection (?:timed out|refused|reset by remote peer)|Endpoint timeout|Input/output error|Local QP operation|Remote operation error))"},
                 .confidence = 0.7,
                 .next = "Look at links and counters on both nodes; restrict UCX_TLS and "
                         "UCX_NET_DEVICES to one working fabric to confirm.",
                 .fields = {"host.network.interface", "policy.environment.UCX_NET_DEVICES"},
                 .why = "Retries of the transport ran out, or no transport serves both ends.",
                 .matches = "[1700.1] [n1:99:0] ib_mlx5_log.c:177 UCX  ERROR Transport retry count "
                            "exceeded on mlx5_0:1/IB (synd 0x15 vend 0x81 hw_synd 0/0)",
                 .near_miss = "[1700.1] [n1:99:0] UCX  WARN  network device 'mlx5_9:1' is not "
                              "available, please use one or more of: 'eth0'(tcp)",
                 .source =
                     "openucx/ucx 9466d10 src/uct/ib/mlx5/ib_mlx5_log.c, src/ucp/wireup/select.c"},
                {.code = "WHY1609",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "UCX cannot lock or share memory",
                 .cause = "UCX could not register or share memory ({1}).",
                 .all =
                     {R"(UCX\s+(?:ERROR|WARN|DIAG).*?(ibv_reg_mr\S* failed: Cannot allocate memory|RLIMIT_MEMLOCK|max locked memory|ibv_create_(?:cq|qp|srq)\S*.* failed: Cannot allocate memory|shm_open.*failed|failed to allocate .* (?:shared|huge)|mmap\(.*failed: Cannot allocate))"},
                 .confidence = 0.8,
                 .next = "Set the limit of locked memory to unlimited and enlarge /dev/shm.",
                 .fields = {"host.machine"},
                 .why = "RDMA pins memory; the limit of the process forbids it.",
                 .matches = "[1700.1] [n1:99:0] ib_md.c:288 UCX ERROR ibv_reg_mr(address=0x7f, "
                            "length=8192) failed: Cannot allocate memory. Please set max locked "
                            "memory (ulimit -l) to 'unlimited'",
                 .near_miss =
                     "[1700.1] [n1:99:0] UCX  ERROR Transport retry count exceeded on mlx5_0:1/IB",
                 .source = "openucx/ucx 9466d10 src/uct/ib/base/ib_md.c"},
                {.code = "WHY1610",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Libfabric has no provider",
                 .cause = "Libfabric or its NCCL plugin found no network to use ({1}).",
                 .all =
                     {R"((NET/OFI (?:Failed to initialize|No eligible providers|Couldn't find any|Only EFA provider)[^"]*|fi_getinfo\S* failed: No data available|fi_getinfo provider .* not found|NET/OFI .*(?:Request .* completed with error|unresponsive|fi_\w+ failed)[^"]*))"},
                 .confidence = 0.65,
                 .next = "Check that the instance has EFA attached and that its devices are in the "
                         "container (fi_info -p efa).",
                 .fields = {"host.network.interface"},
                 .why = "The plugin needs its provider's device in the container and the security "
                        "group to allow all traffic within itself.",
                 .matches = "n1:10:20 [0] NCCL WARN NET/OFI Couldn't find any optimal provider",
                 .near_miss =
                     "n1:10:20 [0] NCCL INFO NET/OFI Selected Provider is efa (found 4 nics)",
                 .source = "aws/aws-ofi-nccl src/nccl_ofi_net.c"},
                {.code = "WHY1611",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "MPI lost a node",
                 .cause = "MPI lost contact with a node or a daemon.",
                 .all = {R"((?:ORTE has lost communication with a remote daemon|PRTE has lost communication|lost connection to (?:its|the) daemon|HYDT_\w+.*(?:unable|fail)|ORTE was unable to reliably start one or more daemons|daemon on node \S+ .*(?:failed|died)))"},
                 .confidence = 0.7,
                 .next = "Check ssh between the nodes without a password and that the node is up.",
                 .fields = {"host.machine.nodes"},
                 .why = "mpirun starts a daemon on every node. Without it no rank starts there.",
                 .matches = "ORTE has lost communication with a remote daemon.",
                 .near_miss = "mpirun noticed that process rank 1 with PID 4711 on node n2 exited "
                              "on signal 9 (Killed).",
                 .source = "open-mpi/ompi v4.1 orte/mca/errmgr, orte/mca/plm"},
                {.code = "WHY1612",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "Fewer MPI slots than ranks",
                 .cause = "mpirun was asked for more ranks than there are slots.",
                 .all = {"(?:There are not enough slots available in the system|A request was made "
                         "to bind to that would result in binding more processes than cpus|All "
                         "nodes which are allocated for this job are already filled)"},
                 .confidence = 0.85,
                 .next = "Give slots in the host file, or ask for fewer ranks.",
                 .fields = {"policy.layout.world_size", "host.machine.gpus_per_node"},
                 .why = "Slots come from the scheduler or the host file, cores by default.",
                 .matches = "There are not enough slots available in the system to satisfy the 16 "
                            "slots that were requested by the application",
                 .near_miss = "mpirun: all 16 slots are in use by the application",
                 .source = "open-mpi/ompi v4.1 orte/mca/rmaps/base/help-orte-rmaps-base.txt"},
                {.code = "WHY1613",
                 .cls = Class::kUnknown,
                 .role = Role::kCascade,
                 .title = "MPI ends the other ranks",
                 .cause = "MPI ends all ranks because one of them failed.",
                 .all =
                     {R"((?:MPI_ABORT was invoked on rank|mpirun (?:has exited|noticed that process)|mpirun detected that one or more processes exited|BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES|Primary job\s+terminated normally, but))"},
                 .confidence = 0.3,
                 .next = "Read the output of the rank that is named.",
                 .why = "The launcher's summary.",
                 .matches = "mpirun noticed that process rank 1 with PID 4711 on node n2 exited on "
                            "signal 9 (Killed).",
                 .near_miss = "ORTE has lost communication with a remote daemon.",
                 .source = "open-mpi/ompi v4.1 orte/mca/errmgr/default_hnp"},
                {.code = "WHY1614",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "A link went down",
                 .cause = "A network interface lost its link.",
                 .all =
                     {R"((?:\S+: (?:NIC )?[Ll]ink is [Dd]own|mlx5_core \S+ \S+: Link down|\S+: link becomes not ready|mlx5_core \S+: (?:poll_health|device's health compromised|health_care|cmd .* timeout|.*assert_var)))"},
                 .confidence = 0.8,
                 .next =
                     "Look at the cable, the transceiver and the switch port; take the node out.",
                 .fields = {"host.network.interface"},
                 .why = "The kernel's report of the port, or of the adapter's firmware.",
                 .matches = "[99.1] mlx5_core 0000:1a:00.0 ens1f0np0: Link down",
                 .near_miss = "[99.1] mlx5_core 0000:1a:00.0 ens1f0np0: Link up",
                 .source = "torvalds/linux v6.1 drivers/net/ethernet/mellanox/mlx5/core/en_main.c, "
                           "health.c"},
                {.code = "WHY1615",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "No route between machines",
                 .cause = "A connection failed ({1}): the machines do not reach each other.",
                 .all =
                     {R"((?:\[Errno (?:113|101|110)\]|ssh: connect to host \S+ port \d+:) (No route to host|Network is unreachable|Connection timed out))"},
                 .confidence = 0.6,
                 .next = "Test name, route and firewall from the machine that reported it.",
                 .fields = {"host.network.interface"},
                 .why = "The kernel has no route, or nobody answered.",
                 .matches = "OSError: [Errno 113] No route to host",
                 .near_miss = "OSError: [Errno 98] Address already in use",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno.h"},
                {.code = "WHY1616",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Machines cannot log in to each other",
                 .cause = "The launcher could not log in to a node.",
                 .all =
                     {R"((?:Permission denied \(publickey|Host key verification failed|ssh: connect to host \S+ port \d+: Connection refused|pdsh@\S+: \S+: (?:ssh|connect)))"},
                 .confidence = 0.65,
                 .next = "Install the key and the host keys on all nodes, and see that sshd runs "
                         "on the port that the launcher uses.",
                 .fields = {"host.machine.nodes"},
                 .why = "Launchers that use ssh need logins without questions between the nodes.",
                 .matches = "pdsh@n1: n2: ssh exited with exit code 255\nn2: Permission denied "
                            "(publickey,password).",
                 .near_miss = "n2: Permission denied: '/data'",
                 .source = "openssh/openssh-portable V_9_2 sshconnect2.c"},
                {.code = "WHY1617",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "Nothing can be downloaded",
                 .cause = "The machine cannot reach what the program downloads from.",
                 .all =
                     {R"((?:HTTPS?ConnectionPool\(host='[^']+'.*(?:Max retries exceeded|Read timed out)|We couldn't connect to '[^']+' to load|Failed to establish a new connection: \[Errno|Cannot reach https?://|Couldn't reach \S+ on the Hub|ProxyError))"},
                 .confidence = 0.55,
                 .next = "Download beforehand and give local paths, or set the proxy; "
                         "HF_HUB_OFFLINE=1 stops the attempts.",
                 .fields = {"host.network"},
                 .why = "Compute nodes often have no way to the Internet.",
                 .matches = "requests.exceptions.ConnectionError: "
                            "HTTPSConnectionPool(host='huggingface.co', port=443): Max retries "
                            "exceeded with url: /gpt2/resolve/main/config.json",
                 .near_miss = "huggingface_hub.utils.RepositoryNotFoundError: 404 Client Error",
                 .source = "urllib3/urllib3 2.2 src/urllib3/connectionpool.py; "
                           "huggingface/huggingface_hub"},
                {.code = "WHY1618",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "A connection was refused",
                 .cause = "A connection was refused: nothing listens there, or a filter answers.",
                 .all =
                     {R"((?:ConnectionRefusedError: \[Errno 111\]|errno: 111 - Connection refused|Errno 111\] Connection refused))"},
                 .confidence = 0.4,
                 .next = "See that the process at the other end runs and listens on this address.",
                 .fields = {"host.network"},
                 .why = "The other machine answered that no process listens on the port.",
                 .matches = "ConnectionRefusedError: [Errno 111] Connection refused",
                 .near_miss = "ConnectionResetError: [Errno 104] Connection reset by peer",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno.h (ECONNREFUSED)"},
                {.code = "WHY1619",
                 .cls = Class::kUnknown,
                 .role = Role::kCascade,
                 .title = "A peer's connection broke",
                 .cause = "A connection broke because the process at its other end ended.",
                 .all =
                     {R"((?:ConnectionResetError: \[Errno 104\]|BrokenPipeError: \[Errno 32\]|[Cc]onnection reset by peer|^Broken pipe|EOFError: Ran out of input$|ConnectionAbortedError))"},
                 .confidence = 0.3,
                 .next = "Find the process that ended first.",
                 .why = "The survivor's view of a failure elsewhere.",
                 .matches = "ConnectionResetError: [Errno 104] Connection reset by peer",
                 .near_miss = "ConnectionRefusedError: [Errno 111] Connection refused",
                 .source =
                     "torvalds/linux v6.1 include/uapi/asm-generic/errno.h (ECONNRESET, EPIPE)"},
                {.code = "WHY1620",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "UCX reports an error",
                 .cause = "UCX reports an error: {1}.",
                 .all = {R"((?:UCX\s+(?:ERROR|FATAL)\s+|pml_ucx\S*\s+Error: )(.*))"},
                 .confidence = 0.5,
                 .next = "Restrict UCX_TLS to what the network offers (tcp, or rc on InfiniBand) "
                         "and compare ucx_info -d of the nodes.",
                 .fields = {"policy.environment.UCX_TLS", "host.network.interface"},
                 .why = "A transport that this adapter lacks or a peer that is gone.",
                 .matches = "[164.6] [n1:3591 :0]       rc_iface.c:492  UCX  ERROR "
                            "ibv_create_srq() failed: Operation not supported",
                 .near_miss = "[164.6] [n1:3591 :0]       rc_iface.c:492  UCX  DEBUG created srq",
                 .source = "openucx/ucx 9466d10 src/ucs/debug/log.c"},
                {.code = "WHY1621",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "Libfabric reports an error",
                 .cause = "Libfabric or its NCCL plugin reports an error: {1}.",
                 .all =
                     {R"((fi_getinfo: provider \S+ output empty list|NCCL WARN NET/OFI .*|OFI (?:call|poll|addrinfo) .*failed.*))"},
                 .confidence = 0.55,
                 .next = "Look at the adapters of the instance (fi_info), the security group, and "
                         "the versions of libfabric and plugin.",
                 .fields = {"host.network.interface"},
                 .why = "The plugin drives the cloud's adapter; its errors are the adapter's, the "
                        "security group's or those of a version.",
                 .matches = "[1,23]<stdout>:n1:72593:73427 [7] create_nccl_ofi_component:459 NCCL "
                            "WARN NET/OFI Couldn't open AV. RC: -22, ERROR: Invalid argument",
                 .near_miss =
                     "n1:10:20 [0] NCCL INFO NET/OFI Selected Provider is efa (found 4 nics)",
                 .source = "aws/aws-ofi-nccl src/nccl_ofi_net.c; ofiwg/libfabric src/fabric.c"},
                {.code = "WHY1622",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "NVSHMEM ended with an error",
                 .cause =
                     "NVSHMEM ended with an error of its transport, its memory or its bootstrap.",
                 .all = {R"((?i)nvshmem\S*:\d+:.*non-zero status: -?\d+)"},
                 .confidence = 0.5,
                 .next =
                     "Run with NVSHMEM_DEBUG=INFO; the innermost status is the first in the line.",
                 .fields = {"host.network.interface"},
                 .why = "The library prints its way through the failing calls.",
                 .matches =
                     "/src/nvshmem/src/host/init/init.cu:327: non-zero status: 7 bootstrap failed",
                 .near_miss = "/src/nvshmem/src/host/init/init.cu: initialised",
                 .source = "NVIDIA/nvshmem 2d7d25f src/include/internal/host/util.h"},
                {.code = "WHY1623",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "A node cannot be logged in to",
                 .cause = "A launcher's test login to a node failed ({1}).",
                 .all =
                     {R"((Command '\[?'?(?:ssh|pdsh|mpirun|srun)\b.*returned non-zero exit status (?:255|127|1)\b|Unable to ssh to|[Cc]ould not (?:ssh|connect) to (?:host|node)|ssh exited with exit code 255))"},
                 .confidence = 0.65,
                 .next = "Log in by hand from this node with the same user, without a password.",
                 .fields = {"host.machine.nodes"},
                 .why = "Exit status 255 is ssh's own: it did not get as far as running anything.",
                 .matches =
                     "subprocess.CalledProcessError: Command 'ssh -o PasswordAuthentication=no "
                     "192.168.3.100 hostname' returned non-zero exit status 255.",
                 .near_miss = "subprocess.CalledProcessError: Command 'git describe' returned "
                              "non-zero exit status 128.",
                 .source = "deepspeedai/DeepSpeed deepspeed/launcher/runner.py"},
                {.code = "WHY1624",
                 .cls = Class::kPolicy,
                 .role = Role::kSymptom,
                 .title = "A variable is missing from the environment",
                 .cause = "The program needs the environment variable {1}.",
                 .all = {"KeyError: '([A-Z][A-Z0-9]*_[A-Z0-9_]+)'$"},
                 .confidence = 0.45,
                 .next = "Set the variable, and see that the launcher passes it on to every rank.",
                 .fields = {"policy.environment"},
                 .why = "Programs that read os.environ without a default end so where a launcher "
                        "passes only some variables on.",
                 .matches = "KeyError: 'PDSH_SSH_ARGS_APPEND'",
                 .near_miss = "KeyError: 'lm_head.weight'",
                 .source = "cpython 3.12 Lib/os.py (_Environ.__getitem__)"},
                {.code = "WHY1625",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "UCC reports an error",
                 .cause = "UCC, the collective library above UCX, reports an error: {1}.",
                 .all = {R"((?:TL_[A-Z]+|CL_[A-Z]+|UCC)\s+ERROR\s+(.*))"},
                 .confidence = 0.5,
                 .next = "Switch the named layer off (UCC_TLS) and look at shared memory and IPC "
                         "namespaces of the containers.",
                 .fields = {"host.machine"},
                 .why = "Its layers share memory between the processes of a host, which containers "
                        "keep apart.",
                 .matches = "[1723.1] [w3:1382 :0]     tl_shm_team.c:617  TL_SHM ERROR Child "
                            "failed to attach to shmseg, errno: Invalid argument",
                 .near_miss = "[1723.1] [w3:1382 :0]     tl_shm_team.c:617  TL_SHM DEBUG attached",
                 .source = "openucx/ucc src/components/tl"},
};

}  // namespace

std::span<const Signature> NetworkSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
