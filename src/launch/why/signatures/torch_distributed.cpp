// PyTorch's process groups and stores
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {.code = "WHY1201",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The rendezvous port is in use",
     .cause = "The port of the rendezvous is already taken on this host.",
     .all = {"(?:EADDRINUSE|server socket has failed to (?:bind|listen).*[Aa]ddress already in "
             "use|errno: 98 - Address already in use|RuntimeError: Address already in use)"},
     .confidence = 0.9,
     .next = "Take another master port (or 0 for a free one), and end the earlier run that still "
             "holds it.",
     .fields = {"host.network.master_port"},
     .why = "Rank 0 listens on MASTER_PORT. A run that was not cleaned up, a second job on the "
            "node, or several tasks that all believe to be rank 0 hold it.",
     .matches = "torch.distributed.DistNetworkError: The server socket has failed to listen on any "
                "local network address. port: 29500, useIpv6: false, code: -98, name: EADDRINUSE, "
                "message: address already in use",
     .near_miss = "[W socket.cpp:752] [c10d] The client socket has failed to connect to "
                  "[node1]:29500 (errno: 110 - Connection timed out).",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/socket.cpp (SocketListenOp), "
               "TCPStoreLibUvBackend.cpp"},
    {.code = "WHY1202",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "Fewer ranks came than were announced",
     .cause = "Only {2} of {3} processes joined the rendezvous within {1} seconds.",
     .all =
         {R"(Timed out after (\d+) seconds waiting for (?:clients|workers)\. (\d+)/(\d+) (?:clients|workers) joined)"},
     .confidence = 0.6,
     .next = "Start as many processes as WORLD_SIZE says: compare nodes x tasks per node (or "
             "--nnodes x --nproc-per-node) with it; then look whether a node failed to start.",
     .fields = {"policy.layout.world_size", "host.machine.nodes", "host.machine.gpus_per_node"},
     .why = "Rank 0's store counts the clients. The scheduler's geometry and the world size "
            "disagree, or some processes died before they got here.",
     .matches = "torch.distributed.DistStoreError: Timed out after 601 seconds waiting for "
                "clients. 1/2 clients joined.",
     .near_miss = "torch.distributed.DistStoreError: wait timeout after 600000ms, keys: /worker/1",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/TCPStore.cpp (waitForWorkers)"},
    {.code = "WHY1203",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "Nobody listens at the loopback master address",
     .cause = "The master address is {1}, and no rank 0 listens there on this machine.",
     .all =
         {R"(while trying to connect to \(?(127\.0\.0\.1|localhost|127\.0\.1\.1|::1)(?:, |:)\d+)"},
     .confidence = 0.55,
     .next = "Set MASTER_ADDR to the first node's address for runs over several nodes, and see "
             "that rank 0 starts.",
     .fields = {"host.network.master_addr"},
     .why = "On every node but the first the loopback address is the wrong machine. On one machine "
            "it means that rank 0 never started.",
     .matches = "torch.distributed.DistNetworkError: The client socket has timed out after 60000ms "
                "while trying to connect to (127.0.0.1, 29500).",
     .near_miss = "torch.distributed.DistNetworkError: The client socket has timed out after "
                  "60000ms while trying to connect to (10.1.0.7, 29500).",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/socket.cpp "
               "(SocketConnectOp::throwTimeoutError)"},
    {.code = "WHY1204",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "The master cannot be reached",
     .cause = "The rendezvous at {1} could not be reached.",
     .all =
         {R"((?:while trying to connect to|client socket has failed to connect to any network address of|failed to connect/validate to host) \(?([^,()\s]+(?:, |:)\d+))"},
     .none = {R"(to connect to \(?(?:127\.0\.0\.1|localhost|127\.0\.1\.1|::1)[,:])", "gai error"},
     .confidence = 0.5,
     .next = "From that node, test the name and the port (getent hosts, nc); see that rank 0 runs, "
             "and that no firewall stands between.",
     .fields = {"host.network.master_addr", "host.network.master_port"},
     .why = "Either rank 0 is not up, or the network between the nodes drops the connection.",
     .matches = "torch.distributed.DistNetworkError: The client socket has timed out after 60000ms "
                "while trying to connect to (10.1.0.7, 29500).",
     .near_miss = "[I socket.cpp:884] [c10d] The client socket has connected to [node1]:29500 on "
                  "[node2]:42710.",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/socket.cpp (SocketConnectOp)"},
    {.code = "WHY1205",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "The master address is an unknown name",
     .cause = "The name of the master or of a node does not exist ({1}).",
     .all =
         {R"((addresses of \([^,]+, \d+\) cannot be retrieved \(gai error: -(?:2|5)|host not found: Name or service not known|\[Errno -2\] Name or service not known|Could not resolve hostname \S+))"},
     .confidence = 0.6,
     .next = "Correct MASTER_ADDR: take a name that every node resolves, or the address itself.",
     .fields = {"host.network.master_addr"},
     .why = "The resolver answered, and knows no such name. On Kubernetes a headless service must "
            "exist before its pods ask for it.",
     .matches = "[W socket.cpp:663] [c10d] The IPv6 network addresses of (node-one, 29500) cannot "
                "be retrieved (gai error: -2 - Name or service not known).",
     .near_miss = "[W socket.cpp:663] [c10d] The IPv6 network addresses of (node1, 29500) cannot "
                  "be retrieved (gai error: -3 - Temporary failure in name resolution).",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/socket.cpp "
               "(SocketConnectOp::tryConnect)"},
    {.code = "WHY1206",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "Name resolution does not work",
     .cause = "The resolver of this host did not answer.",
     .all =
         {R"((?:addresses of \([^,]+, \d+\) cannot be retrieved \(gai error: -3|nslookup: can't resolve '|gaierror: \[Errno -3\]|Temporary failure in name resolution))"},
     .confidence = 0.6,
     .next = "Repair DNS on the node or in the pod (resolv.conf, search domains, the service's "
             "record), or use addresses.",
     .fields = {"host.network.master_addr"},
     .why = "Error -3 says that no name server answered in time, not that the name is wrong.",
     .matches = "[W socket.cpp:663] [c10d] The IPv6 network addresses of (node1, 29500) cannot be "
                "retrieved (gai error: -3 - Temporary failure in name resolution).",
     .near_miss = "[W socket.cpp:663] [c10d] The IPv6 network addresses of (node-one, 29500) "
                  "cannot be retrieved (gai error: -2 - Name or service not known).",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/socket.cpp; glibc 2.36 nscd/gai.c "
               "(gai_strerror)"},
    {.code = "WHY1207",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "Started without a launcher",
     .cause = "The process has no {1} in its environment: it was not started by torchrun, or the "
              "launcher's variables were not passed on.",
     .all = {"environment variable (RANK|WORLD_SIZE|MASTER_ADDR|MASTER_PORT|LOCAL_RANK) expected, "
             "but not set"},
     .confidence = 0.85,
     .next = "Start it with nam56r launch or torchrun, or map the scheduler's variables "
             "(SLURM_PROCID, SLURM_NTASKS) to RANK and WORLD_SIZE.",
     .fields = {"policy.layout.world_size"},
     .why = "The env:// rendezvous reads RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT. srun and "
            "mpirun set their own names only.",
     .matches = "ValueError: Error initializing torch.distributed using env:// rendezvous: "
                "environment variable RANK expected, but not set",
     .near_miss = "KeyError: 'HOME'",
     .source = "pytorch/pytorch v2.6 torch/distributed/rendezvous.py (_env_error)"},
    {.code = "WHY1208",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "A launcher's variable is missing",
     .cause = "The program reads {1}, which the launcher did not set.",
     .all = {"KeyError: "
             "'((?:LOCAL_|GROUP_)?RANK|(?:LOCAL_)?WORLD_SIZE|MASTER_ADDR|MASTER_PORT|SLURM_PROCID|"
             "SLURM_LOCALID|SLURM_NTASKS|OMPI_COMM_WORLD_RANK|OMPI_COMM_WORLD_LOCAL_RANK)'"},
     .confidence = 0.75,
     .next = "Start it with the launcher that the program expects, or set the variable.",
     .fields = {"policy.layout.world_size"},
     .why = "The program takes its rank from the environment of a launcher that did not start it.",
     .matches = "KeyError: 'LOCAL_RANK'",
     .near_miss = "KeyError: 'lm_head.weight'",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/agent/server/local_elastic_agent.py "
               "(the variables it sets)"},
    {.code = "WHY1209",
     .cls = Class::kUnknown,
     .role = Role::kSymptom,
     .title = "A collective did not finish",
     .cause = "A collective ({1}) did not finish on all ranks within its time.",
     .all = {R"(Watchdog caught collective operation timeout: (WorkNCCL\([^)]*))"},
     .confidence = 0.35,
     .next = "Find the rank that did not enter it: compare the last SeqNum of all ranks, and what "
             "the missing ranks last logged.",
     .fields = {"policy.layout"},
     .why = "The watchdog sees that something is late, not why. A rank that died, a rank in "
            "another branch, a slow file system and a broken link all end here.",
     .matches = "[Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=120, "
                "OpType=ALLREDUCE, NumelIn=8192, NumelOut=8192, Timeout(ms)=600000) ran for 600020 "
                "milliseconds before timing out.",
     .near_miss = "[Rank 3] Watchdog started, timeout 600000",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp "
               "(WorkNCCL::checkTimeout)"},
    {.code = "WHY1210",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "The watchdog takes the process down",
     .cause = "PyTorch ends the process after a failed or late collective.",
     .all =
         {R"((?:Some NCCL operations have failed or timed out|To avoid data inconsistency, we are taking the entire process down|watchdog thread terminated with exception|Received a dump signal (?:due to|from)|Heartbeat monitor timed out|Failed to check the .should dump. flag|Observed flight recorder dump signal|ProcessGroupNCCL's watchdog got stuck|Timeout at NCCL work: |communicator encountered error set by ProcessGroupNCCL|First PG on this rank to signal dumping|Exception \(either an error or timeout\) detected by watchdog))"},
     .confidence = 0.3,
     .next = "Read what came before it on the other ranks.",
     .why = "These lines follow a failure that another line or another rank names.",
     .matches = "[Rank 3] NCCL watchdog thread terminated with exception: CUDA error: unspecified "
                "launch failure",
     .near_miss = "[Rank 3] ProcessGroupNCCL initialization options: size: 8",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp"},
    {.code = "WHY1211",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "The store of the rendezvous went away",
     .cause = "The key-value store of the job closed its connection or did not answer, because the "
              "process that serves it ended or a rank did not come.",
     .all =
         {R"((?:wait timeout after \d+ms, keys: |recvValue failed on|recvVector failed|sendBytes failed|failed to recv, got 0 bytes|TCPStore\.cpp.*(?:Broken pipe|Connection reset by peer)|DistNetworkError: (?:Connection reset by peer|Broken pipe|failed to recv)|RuntimeError: (?:Connection reset by peer|Broken pipe|Socket Timeout)|DistStoreError: (?:Socket Timeout|wait timeout)))"},
     .confidence = 0.3,
     .next = "Look at rank 0 and at the ranks that did not write their key.",
     .why = "All ranks talk to the store of rank 0. Its end is visible everywhere.",
     .matches = "torch.distributed.DistStoreError: wait timeout after 300000ms, keys: "
                "/default_pg/0//cuda//timeout",
     .near_miss = "torch.distributed.DistStoreError: Timed out after 601 seconds waiting for "
                  "clients. 1/2 clients joined.",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/TCPStore.cpp, socket.cpp"},
    {.code = "WHY1212",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "Ranks called different collectives",
     .cause = "Ranks called different collectives, or the same one with different shapes.",
     .all =
         {R"((?:Detected mismatch between collectives on ranks|disagreement between rank\d+ and rank\d+))"},
     .confidence = 0.75,
     .next = "Make every rank of the group take the same calls in the same order; the two "
             "fingerprints in the message show where they part.",
     .why = "The debug wrapper compares the fingerprint of each call over the ranks before it runs "
            "it.",
     .matches =
         "RuntimeError: Detected mismatch between collectives on ranks. Rank 0 is running "
         "collective: CollectiveFingerPrint(SequenceNumber=4, OpType=ALLREDUCE, ...), but Rank 1 "
         "is running collective: CollectiveFingerPrint(SequenceNumber=4, OpType=BARRIER)",
     .near_miss = "RuntimeError: Rank 1 failed to pass monitoredBarrier in 1800000 ms",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupWrapper.cpp "
               "(verify_tensors)"},
    {.code = "WHY1213",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "Ranks missing from a barrier",
     .cause = "Rank {1} did not reach a barrier that others waited at.",
     .all = {R"([Rr]anks? ([\d, ]+) failed to pass monitoredBarrier)"},
     .confidence = 0.45,
     .next = "Read that rank's log and whether its node is alive.",
     .fields = {"host.machine.nodes"},
     .why = "The monitored barrier names the ranks that never came.",
     .matches = "RuntimeError: Rank 1 failed to pass monitoredBarrier in 1800000 ms",
     .near_miss = "RuntimeError: Rank 0 successfully reached monitoredBarrier",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupGloo.cpp "
               "(monitoredBarrier)"},
    {.code = "WHY1214",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "Process group used before it exists",
     .cause = "The program used torch.distributed before init_process_group.",
     .all = {"Default process group has not been initialized"},
     .confidence = 0.8,
     .next = "Call init_process_group first, and guard code that also runs on one process with "
             "torch.distributed.is_initialized().",
     .why = "No group exists yet in this process; a worker of a data loader or a script started "
            "alone has none.",
     .matches = "ValueError: Default process group has not been initialized, please make sure to "
                "call init_process_group.",
     .near_miss = "ValueError: trying to initialize the default process group twice!",
     .source = "pytorch/pytorch v2.6 torch/distributed/distributed_c10d.py (_get_default_group)"},
    {.code = "WHY1215",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "Process group made twice",
     .cause = "The program called init_process_group twice.",
     .all = {"trying to initialize the default process group twice"},
     .confidence = 0.75,
     .next = "Let one place make it, guarded by torch.distributed.is_initialized().",
     .why = "A framework and the user's script both initialise torch.distributed.",
     .matches = "ValueError: trying to initialize the default process group twice!",
     .near_miss = "ValueError: Default process group has not been initialized, please make sure to "
                  "call init_process_group.",
     .source = "pytorch/pytorch v2.6 torch/distributed/distributed_c10d.py (init_process_group)"},
    {.code = "WHY1216",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "PyTorch built without this backend",
     .cause = "This PyTorch was built without {1}.",
     .all = {R"(Distributed package doesn't have (\w+) built in)"},
     .confidence = 0.9,
     .next = "Install the CUDA build of PyTorch for this platform, or choose another backend.",
     .fields = {"host.versions.pytorch"},
     .why = "CPU wheels and builds for Windows and macOS carry no NCCL.",
     .matches = "RuntimeError: Distributed package doesn't have NCCL built in",
     .near_miss = "UserWarning: NCCL built in version 2.21.5",
     .source =
         "pytorch/pytorch v2.6 torch/distributed/distributed_c10d.py (_new_process_group_helper)"},
    {.code = "WHY1217",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "NCCL without GPUs",
     .cause = "The NCCL backend was asked for and this process sees no GPU.",
     .all = {"ProcessGroupNCCL is only supported with GPUs, no GPUs found"},
     .confidence = 0.75,
     .next = "Give the container or task GPUs (nvidia-smi in it, CUDA_VISIBLE_DEVICES, --gpus, "
             "--gres).",
     .fields = {"host.machine.gpus_per_node", "policy.environment.CUDA_VISIBLE_DEVICES"},
     .why = "Neither the driver nor the scheduler gave this process a device.",
     .matches = "RuntimeError: ProcessGroupNCCL is only supported with GPUs, no GPUs found!",
     .near_miss = "RuntimeError: ProcessGroupGloo is only supported with CPU",
     .source =
         "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp (constructor)"},
    {.code = "WHY1218",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The backend cannot move these tensors",
     .cause = "A collective got {1} tensors and the group has no backend for them.",
     .all = {R"(No backend type associated with device type (\w+))"},
     .confidence = 0.65,
     .next = "Initialise with backend \"cpu:gloo,cuda:nccl\", or keep what is communicated on the "
             "GPU (offloading options move it).",
     .fields = {"policy.optimizer.cpu_offload"},
     .why = "NCCL moves GPU tensors only. Offloaded optimizers and checkpoints communicate from "
            "host memory.",
     .matches = "RuntimeError: No backend type associated with device type cpu",
     .near_miss = "RuntimeError: Expected all tensors to be on the same device",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroup.hpp (getBackend)"},
    {.code = "WHY1219",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "Wrong tensors for a collective",
     .cause = "A collective got tensors that it does not take.",
     .all =
         {R"((?:Tensors must be CUDA and dense|Tensors must be contiguous|output tensor size must be equal to world_size times input tensor size|Tensor list input to \w+ must|Tensors must be non-overlapping and dense))"},
     .confidence = 0.65,
     .next =
         "Fix the call at the bottom of the traceback: device, layout and sizes of its tensors.",
     .why = "The process group checks arguments before anything is sent, so that only the caller "
            "can be wrong.",
     .matches = "RuntimeError: Tensors must be CUDA and dense",
     .near_miss = "RuntimeError: No backend type associated with device type cpu",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp "
               "(check_gpu_single_tensor)"},
    {.code = "WHY1220",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "A group larger than the world",
     .cause = "The layout asks for groups or a mesh with more ranks than the job has.",
     .all = {"(?:new group's world size should be less or equal to|new group's rank should be "
             "within|Mesh should not be bigger than default world size|the group's world size "
             "should be)"},
     .confidence = 0.8,
     .next = "Start more ranks, or lower the parallel sizes until their product divides the world "
             "size.",
     .fields = {"policy.layout.world_size", "policy.layout.tensor_parallel",
                "policy.layout.pipeline_parallel"},
     .why = "Groups are made from the ranks that exist.",
     .matches = "ValueError: the new group's world size should be less or equal to the world size "
                "set by init_process_group",
     .near_miss = "INFO world size 8, group size 4",
     .source =
         "pytorch/pytorch v2.6 torch/distributed/distributed_c10d.py (new_group), device_mesh.py"},
    {.code = "WHY1221",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "Parameters without a gradient under DDP",
     .cause = "Some parameters took no part in the loss of a rank, and DDP still waits for their "
              "gradients.",
     .all = {"(?:Expected to have finished reduction in the prior iteration|Expected to mark a "
             "variable ready only once)"},
     .confidence = 0.7,
     .next = "Use every parameter in the loss, or set find_unused_parameters; with reentrant "
             "checkpointing use_reentrant=False.",
     .why = "DDP reduces buckets when all their gradients have come, once each.",
     .matches = "RuntimeError: Expected to have finished reduction in the prior iteration before "
                "starting a new one.",
     .near_miss = "INFO Reducer buckets have been rebuilt in this iteration.",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/reducer.cpp"},
    {.code = "WHY1222",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "Gloo was given an interface that does not exist",
     .cause = "Gloo cannot use the interface or address that the environment names.",
     .all =
         {R"((?:Unable to find address for: (\S+)|makeDeviceFor\w+\(\): unsupported gloo device|Unable to find interface for|No network interface .* found))"},
     .confidence = 0.85,
     .next = "Correct GLOO_SOCKET_IFNAME: an interface that is up on every node.",
     .fields = {"policy.environment.GLOO_SOCKET_IFNAME", "host.network.interface"},
     .why = "Names of interfaces differ between machines; the variable must fit all of them.",
     .matches =
         "RuntimeError: [enforce fail at ../third_party/gloo/gloo/transport/tcp/device.cc:84] ifa "
         "!= nullptr. Unable to find address for: ib9",
     .near_miss = "INFO GLOO_SOCKET_IFNAME=ib0",
     .source = "facebookincubator/gloo gloo/transport/tcp/device.cc; pytorch/pytorch v2.6 "
               "torch/csrc/distributed/c10d/GlooDeviceFactory.cpp"},
    {.code = "WHY1223",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "Gloo's ranks do not find each other",
     .cause = "Gloo could not connect all ranks with each other: it announced an address that the "
              "others cannot reach.",
     .all = {"Gloo connectFullMesh failed"},
     .confidence = 0.65,
     .next = "Set GLOO_SOCKET_IFNAME to the interface between the nodes; without it Gloo takes the "
             "address of the host's name, often 127.0.1.1.",
     .fields = {"policy.environment.GLOO_SOCKET_IFNAME", "host.network.interface"},
     .why = "Gloo publishes one address a rank. Debian's /etc/hosts maps the host's own name to a "
            "loopback address.",
     .matches = "RuntimeError: Gloo connectFullMesh failed with "
                "[../third_party/gloo/gloo/transport/tcp/pair.cc:144] no error",
     .near_miss = "INFO Gloo connected 8 peers, Rank 0 is connected to 7 peer ranks",
     .source = "facebookincubator/gloo gloo/rendezvous/context.cc; pytorch/pytorch v2.6 "
               "ProcessGroupGloo.cpp"},
    {.code = "WHY1224",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "The host's name does not resolve to itself",
     .cause = "Gloo cannot turn this host's name into an address of it.",
     .all = {R"([Uu]nable to resolve hostname to a \(local\) address)"},
     .confidence = 0.5,
     .next = "Add the host's name to /etc/hosts, or set GLOO_SOCKET_IFNAME.",
     .fields = {"policy.environment.GLOO_SOCKET_IFNAME"},
     .why = "Gloo looks the own name up and needs an address that one of the interfaces has.",
     .matches = "RuntimeError: Unable to resolve hostname to a (local) address. Using the loopback "
                "address as fallback.",
     .near_miss = "INFO hostname resolved to 10.0.0.1",
     .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupGloo.cpp "
               "(createDefaultDevice)"},
    {.code = "WHY1225",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "A Gloo peer went away",
     .cause = "Another rank closed its Gloo connection or did not answer.",
     .all =
         {R"((?:gloo/transport/tcp/\w+\.cc:\d+\].*(?:Connection (?:closed|reset) by peer|Timed out waiting|Broken pipe|Read error|Write error)|Timed out waiting \d+ms for (?:recv|send) operation to complete))"},
     .confidence = 0.3,
     .next = "Read the log of the peer that the message names.",
     .why = "A Gloo pair reports the end of its peer, not the reason for it.",
     .matches = "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection "
                "closed by peer [10.0.0.2]:23011",
     .near_miss =
         "RuntimeError: [enforce fail at ../third_party/gloo/gloo/transport/tcp/device.cc:84] ifa "
         "!= nullptr. Unable to find address for: ib9",
     .source = "facebookincubator/gloo gloo/transport/tcp/pair.cc, unbound_buffer.cc"},
    {.code = "WHY1226",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "NCCL backend without this data type",
     .cause = "The NCCL backend of this PyTorch cannot communicate the type {1}.",
     .all =
         {R"((?:Input tensor data type is not supported for NCCL process group:|Unconvertible NCCL type) (\S+))"},
     .confidence = 0.55,
     .next = "Update PyTorch, or communicate the bytes as uint8 or in bf16.",
     .fields = {"host.versions.pytorch", "policy.precision.compute"},
     .why = "FP8 types came to the process group in later releases than to tensors.",
     .matches = "RuntimeError: Input tensor data type is not supported for NCCL process group: "
                "Float8_e4m3fn",
     .near_miss = "RuntimeError: Tensors must be CUDA and dense",
     .source =
         "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp (getNcclDataType)"},
    {.code = "WHY1227",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "Communicators do not come up",
     .cause = "A communicator did not come up in time: a rank is missing or the network between "
              "the ranks does not carry NCCL.",
     .all = {"NCCL timeout in communicator initialization"},
     .confidence = 0.45,
     .next = "Run with NCCL_DEBUG=INFO and see which ranks print no \"Init COMPLETE\".",
     .fields = {"host.network.interface"},
     .why = "All ranks of the group must take part. The timeout says only that one did not.",
     .matches = "torch.distributed.DistBackendError: NCCL timeout in communicator initialization.",
     .near_miss = "NCCL INFO comm 0x55 rank 0 nranks 8 - Init COMPLETE",
     .source =
         "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/NCCLUtils.cpp (waitUntilInitialized)"},
    {.code = "WHY1228",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "The store of the rendezvous was not made",
     .cause = "Making the TCP store failed: its port, its address or the number of processes does "
              "not fit.",
     .all = {R"(^\s*(?:return|store =|result =) TCPStore\($)"},
     .confidence = 0.45,
     .next = "See that one process only has rank 0, that WORLD_SIZE processes start, and that the "
             "port is free.",
     .fields = {"policy.layout.world_size", "host.network.master_port", "host.network.master_addr"},
     .why = "Rank 0 binds the port and waits for all others, which connect to it. A wrong geometry "
            "of the launch, a taken port or a wrong address end in this constructor.",
     .matches = "    return TCPStore(",
     .near_miss = "store = HashStore()",
     .source = "pytorch/pytorch v2.6 torch/distributed/rendezvous.py (_create_c10d_store)"},
    {.code = "WHY1229",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "A rank outside the world",
     .cause = "A process has a rank outside the world that was announced.",
     .all =
         {R"((?:Invalid rank \d+, rank should be in the interval|rank \d+ is not in range|local_rank \(?\d+\)? must be less than))"},
     .confidence = 0.7,
     .next = "Let WORLD_SIZE be the number of started processes, and RANK unique below it.",
     .fields = {"policy.layout.world_size"},
     .why = "The launcher's numbering and the announced size disagree.",
     .matches = "ValueError: Invalid rank 4, rank should be in the interval [0, 3]",
     .near_miss = "INFO rank 3 of 4",
     .source = "pytorch/pytorch v2.6 torch/utils/data/distributed.py"},
};

}  // namespace

std::span<const Signature> TorchDistributedSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
