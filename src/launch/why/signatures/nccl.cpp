// NCCL
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] =
    {
        {.code = "WHY1101",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Two ranks on one GPU",
         .cause = "Two ranks of one communicator use the same GPU, which NCCL refuses.",
         .all = {"(?:Duplicate GPU detected|Multiple Ranks are using the same GPU)"},
         .confidence = 0.95,
         .next = "Give each rank its own GPU: as many local ranks as visible GPUs, and the device "
                 "chosen by LOCAL_RANK.",
         .fields = {"policy.layout.world_size", "host.machine.gpus_per_node"},
         .why = "NCCL compares the PCI address that every rank reports and refuses two ranks on "
                "one device. Either more ranks were started than GPUs are visible "
                "(CUDA_VISIBLE_DEVICES, a container with fewer GPUs), or every rank kept device 0 "
                "because the program never selects the device of its local rank.",
         .matches = "node1:812:950 [0] init.cc:795 NCCL WARN Duplicate GPU detected : rank 1 and "
                    "rank 0 both on CUDA device 1b000",
         .near_miss = "node1:812:950 [0] NCCL INFO comm 0x55 rank 0 nranks 2 cudaDev 0 busId 1b000 "
                      "- Init START",
         .source = "NVIDIA/nccl v2.18.3-1 src/init.cc:795; NVIDIA/nccl 5067397 src/init.cc:1057"},
        {.code = "WHY1102",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "NCCL chose a container's or bridge's interface",
         .cause = "NCCL took an interface that serves this host alone ({1}) for traffic between "
                  "ranks, and the peers cannot reach it.",
         .all =
             {R"(\[\d+\](lo:127\.|(?:docker|br-|veth|virbr|cni|flannel|cali|cilium|lxc|lxd|podman|tun|tap|tailscale|zt|wg|vmnet|vboxnet|usb|kube-ipvs|nerdctl)[0-9A-Za-z._-]*:))",
              R"((?:ncclSystemError|unhandled system error|[Cc]onnect to \S+ (?:failed|returned)|Connection timed out|No route to host|collective operation timeout|exceeded (?:retries|timeouts|error retry count)))"},
         .none = {"shared memory segment", "failed to extend", "No space left on device",
                  "Call to ibv_", "NCCL_SOCKET_IFNAME set (?:by environment )?to"},
         .confidence = 0.85,
         .next =
             "Set NCCL_SOCKET_IFNAME (and GLOO_SOCKET_IFNAME) to the interface that connects the "
             "nodes, or exclude the virtual ones as in NCCL_SOCKET_IFNAME=^docker,veth,br-,lo.",
         .fields = {"policy.environment.NCCL_SOCKET_IFNAME", "host.network.interface"},
         .why = "Without NCCL_SOCKET_IFNAME NCCL lists every interface that is up. Bridges and "
                "veth pairs of container runtimes have addresses that mean something on their own "
                "host only, so a peer that is told to connect there fails or hangs.",
         .matches = "n1:10:20 [0] NCCL INFO NET/Socket : Using [0]eno1:10.1.0.4<0> "
                    "[1]docker0:172.17.0.1<0> [2]veth1a2b:fe80::1%veth1a2b<0>\nn1:10:20 [0] "
                    "misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to 10.9.9.9<4000> "
                    "failed : Connection timed out",
         .near_miss = "n1:10:20 [0] NCCL INFO NET/Socket : Using [0]eno1:10.1.0.4<0>\nn1:10:20 [0] "
                      "misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to 10.1.0.5<4000> "
                      "failed : Connection timed out",
         .source = "NVIDIA/nccl 5067397 src/transport/net_socket.cc (list of interfaces), "
                   "src/misc/socket.cc"},
        {.code = "WHY1103",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Connection to a link-local address",
         .cause = "A rank was told to connect to the link-local address {1}, which only means "
                  "something on one link: the wrong interface was chosen.",
         .all =
             {R"((?i)connect to (fe80:[0-9a-f:]+(?:%[^<\s]+)?|169\.254\.[0-9.]+)<\d+> (?:failed|returned))"},
         .confidence = 0.85,
         .next = "Set NCCL_SOCKET_IFNAME to an interface with a routable address, or "
                 "NCCL_SOCKET_FAMILY=AF_INET.",
         .fields = {"policy.environment.NCCL_SOCKET_IFNAME", "host.network.interface"},
         .why = "Addresses in fe80::/10 and 169.254.0.0/16 are not routed between links. IPoIB "
                "interfaces without an IPv4 address, veth pairs and the interfaces of management "
                "controllers often have nothing else.",
         .matches = "n1:10:20 [4] misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to "
                    "fe80::9a03:9bff:fe8c:1%ib2<4913> failed : No route to host",
         .near_miss =
             "n1:10:20 [4] NCCL INFO NET/Socket : Using [0]ib2:fe80::9a03:9bff:fe8c:1%ib2<0>",
         .source = "NVIDIA/nccl v2.18.3-1 src/misc/socket.cc:483"},
        {.code = "WHY1104",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Connection to the address of a container bridge",
         .cause = "A rank was told to connect to {1}, the address that container bridges have on "
                  "every host.",
         .all =
             {R"((?i)connect to (172\.(?:1[7-9]|2\d|3[01])\.0\.1|192\.168\.122\.1|10\.88\.0\.1)<\d+> (?:failed|returned))"},
         .confidence = 0.8,
         .next = "Set NCCL_SOCKET_IFNAME to the interface that connects the nodes.",
         .fields = {"policy.environment.NCCL_SOCKET_IFNAME", "host.network.interface"},
         .why = "Docker gives its bridges the first address of 172.17.0.0/16 and of the ranges "
                "after it, libvirt 192.168.122.1, Podman 10.88.0.1. The same address exists on "
                "every host, so a connection to it ends on the host that opens it.",
         .matches = "n1:10:20 [0] misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to "
                    "172.18.0.1<47711> failed : Connection refused",
         .near_miss = "n1:10:20 [0] misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to "
                      "172.16.4.12<47711> failed : Connection refused",
         .source = "NVIDIA/nccl v2.18.3-1 src/misc/socket.cc:483"},
        {.code = "WHY1105",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Connection to the loopback address",
         .cause = "A rank was told to connect to {1}, which is the connecting machine itself.",
         .all = {R"((?i)connect to (127\.\d+\.\d+\.\d+|::1)<\d+> (?:failed|returned))"},
         .confidence = 0.75,
         .next = "Set NCCL_SOCKET_IFNAME to an interface that the other nodes reach, and take the "
                 "host's own name off 127.0.1.1 in /etc/hosts.",
         .fields = {"policy.environment.NCCL_SOCKET_IFNAME", "host.network.interface"},
         .why = "NCCL uses the loopback interface when nothing else is up or NCCL_SOCKET_IFNAME "
                "names it. It serves one machine only.",
         .matches = "n2:10:20 [0] misc/socket.cc:483 NCCL WARN socketStartConnect: Connect to "
                    "127.0.0.1<40355> failed : Connection refused",
         .near_miss = "n2:10:20 [0] NCCL INFO Bootstrap : Using lo:127.0.0.1<0>",
         .source = "NVIDIA/nccl v2.18.3-1 src/misc/socket.cc:483"},
        {.code = "WHY1106",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "No interface as asked for",
         .cause = "NCCL found no network interface that fits its settings.",
         .all =
             {R"((?:Bootstrap : no socket interface found|no NCCL_SOCKET_IFNAME interface found|connecting to address \S* ?with family \d+ is neither AF_INET|NET/Socket : no interface found|NET/Socket : No usable listening interface found|verify NCCL_OOB_NET_IFNAME|No interface found in the same subnet as remote address|NET/IB : No IP interface found))"},
         .confidence = 0.85,
         .next = "Correct NCCL_SOCKET_IFNAME: it must name an interface that is up and has an "
                 "address on every node (ip -br addr shows them).",
         .fields = {"policy.environment.NCCL_SOCKET_IFNAME", "host.network.interface"},
         .why = "NCCL_SOCKET_IFNAME is a list of prefixes, or of exact names after \"=\". A name "
                "that fits no interface of one node leaves NCCL nothing to bootstrap over.",
         .matches = "n1:10:20 [0] bootstrap.cc:45 NCCL WARN Bootstrap : no socket interface found",
         .near_miss = "n1:10:20 [0] NCCL INFO Bootstrap : Using eth0:10.0.0.4<0>",
         .source = "NVIDIA/nccl 5067397 src/bootstrap.cc:126, 577"},
        {.code = "WHY1107",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "Nodes cannot reach each other",
         .cause = "A connection to another rank ({1}) failed ({2}): the network between the nodes "
                  "does not carry it.",
         .all =
             {R"((?i)(?:connect to (\S+<\d+>) (?:failed|returned).*|Call to connect failed ?: )(No route to host|Network is unreachable|Connection timed out|Software caused connection abort|Host is down|Operation not permitted|Permission denied))"},
         .none =
             {R"((?i)connect to (?:fe80:|169\.254\.|127\.|::1|172\.(?:1[7-9]|2\d|3[01])\.0\.1|192\.168\.122\.1|10\.88\.0\.1))",
              R"(\[\d+\](?:docker|br-|veth|virbr|cni|flannel|cali|cilium|lxc)[0-9A-Za-z._-]*:)"},
         .confidence = 0.75,
         .next = "Test the address from the other node (ping, nc on a high port), and look for "
                 "firewalls, security groups, network policies and interfaces that are down.",
         .fields = {"host.network.interface"},
         .why = "NCCL opens ephemeral ports on the interface that it reports. The interface has a "
                "routable address here, so the link, the routes or a filter between the nodes is "
                "at fault rather than the choice of the interface.",
         .matches = "n1:10:20 [3] misc/socket.cc:480 NCCL WARN socketStartConnect: Connect to "
                    "10.20.1.7<38007> failed : No route to host",
         .near_miss = "n1:10:20 [3] misc/socket.cc:480 NCCL WARN socketStartConnect: Connect to "
                      "fe80::1%ib0<38007> failed : No route to host",
         .source = "NVIDIA/nccl v2.18.3-1 src/misc/socket.cc:483; NVIDIA/nccl 5067397 "
                   "src/os/linux.cc:302"},
        {.code = "WHY1108",
         .cls = Class::kHost,
         .role = Role::kSymptom,
         .title = "A peer does not listen",
         .cause = "A peer does not accept connections ({1}): its process ended or never got there.",
         .all =
             {R"((?i)((?:connect to \S+<\d+> (?:failed|returned).*Connection refused|Call to connect (?:returned|failed) ?:? ?Connection refused|socket(?:Start|Poll)Connect: exceeded (?:retries|timeouts))))"},
         .confidence = 0.45,
         .next = "Read the log of the rank at that address first; if it is alive, look for a "
                 "firewall that rejects high ports.",
         .fields = {"host.network.interface"},
         .why = "NCCL retries refused connections for a while. What remains after that is a peer "
                "that has died, or a filter that answers in its place.",
         .matches = "n1:10:20 [3] misc/socket.cc:466 NCCL WARN socketStartConnect: exceeded "
                    "retries (20000)",
         .near_miss =
             "n1:10:20 [3] NCCL INFO socketPollConnect: connect to 10.0.0.1<1> in progress",
         .source = "NVIDIA/nccl v2.18.3-1 src/misc/socket.cc:466, 475"},
        {.code = "WHY1109",
         .cls = Class::kUnknown,
         .role = Role::kCascade,
         .title = "A peer closed its connection",
         .cause = "Another rank ended and its connection to this one closed.",
         .all =
             {R"((?:Connection closed by remote peer|socketProgress(?:Opt)?: Call to (?:recv|send) \S+ \S+ failed|NCCL WARN Call to (?:recv|send|recvmsg|sendmsg) .*(?:reset by peer|Broken pipe)|NCCL communicator was aborted on rank|ncclRemoteError|remote process exited or there was a network error|Could not receive type from localRank|Accept failed Software caused))"},
         .confidence = 0.3,
         .next = "Find the rank that failed first; this line is its echo.",
         .why = "Every rank that talks to a dead one reports it. The dead rank's own log has the "
                "cause.",
         .matches = "n1:10:20 [3] misc/socket.cc:49 NCCL WARN socketProgress: Connection closed by "
                    "remote peer n2<47000>",
         .near_miss = "n1:10:20 [3] NCCL INFO Connected all rings",
         .source = "NVIDIA/nccl 5067397 src/misc/socket.cc:58"},
        {.code = "WHY1110",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "An RDMA peer does not answer",
         .cause = "InfiniBand or RoCE packets to a peer ({1}) were sent again until the retry "
                  "limit and never acknowledged.",
         .all =
             {R"(Got completion (?:from peer (\S+) )?with (?:error |status=)(?:IBV_WC_RETRY_EXC_ERR\()?12\b)"},
         .confidence = 0.75,
         .next = "Look at the link and error counters of the HCA on both nodes (ibstat, "
                 "perfquery), at switch ports and, on RoCE, at PFC and the GID index; raise "
                 "NCCL_IB_TIMEOUT only for congestion.",
         .fields = {"host.network.interface", "policy.environment.NCCL_IB_TIMEOUT"},
         .why = "Completion status 12 (IBV_WC_RETRY_EXC_ERR) means that the fabric or the other "
                "node lost the packets: a flapping link, a dead node, a route that does not exist, "
                "RoCE without flow control.",
         .matches = "n1:10:20 [3] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion from "
                    "peer 10.0.0.8<51234> with error 12, opcode 0, len 0, vendor err 129",
         .near_miss = "n1:10:20 [3] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion "
                      "from peer 10.0.0.8<51234> with error 5, opcode 0, len 0, vendor err 249",
         .source = "NVIDIA/nccl 5067397 src/transport/net_ib/p2p.cc:688"},
        {.code = "WHY1111",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "An RDMA transfer failed",
         .cause =
             "An InfiniBand or RoCE transfer with a peer ({1}) ended with completion status {2}.",
         .all =
             {R"(Got completion (?:from peer (\S+) )?with (?:error |status=)(?:IBV_WC_[A-Z_]+\()?([1-46-9]|1[0134]|2[12])\b)"},
         .confidence = 0.65,
         .next =
             "Look up the status in ibv_wc_status: 4 and 10 point to memory registration "
             "(nvidia-peermem, ACS, IOMMU), 9 and 11 to the peer, 13 to a receiver that is stuck.",
         .fields = {"host.network.interface"},
         .why = "The adapter itself reports the failure. Protection errors come from broken "
                "GPUDirect (nvidia-peermem not loaded or not matching the driver, IOMMU or ACS on "
                "the PCI path).",
         .matches = "n1:10:20 [3] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion from "
                    "peer 10.0.0.8<51234> with error 4, opcode 129, len 0, vendor err 81",
         .near_miss = "n1:10:20 [3] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion "
                      "from peer 10.0.0.8<51234> with error 5, opcode 0, len 0, vendor err 249",
         .source = "NVIDIA/nccl 5067397 src/transport/net_ib/p2p.cc:688"},
        {.code = "WHY1112",
         .cls = Class::kUnknown,
         .role = Role::kCascade,
         .title = "RDMA work flushed",
         .cause = "Requests were flushed because their queue had already failed.",
         .all =
             {R"(Got completion (?:from peer \S+ )?with (?:error |status=)(?:IBV_WC_WR_FLUSH_ERR\()?5\b)"},
         .confidence = 0.3,
         .next = "Look for the first failed completion before this one.",
         .why = "Status 5 (IBV_WC_WR_FLUSH_ERR) is given to all that was still queued when a queue "
                "pair failed or its peer went away.",
         .matches = "n1:10:20 [3] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion from "
                    "peer 10.0.0.8<51234> with error 5, opcode 0, len 0, vendor err 249",
         .near_miss = "n1:10:20 [3] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion "
                      "from peer 10.0.0.8<51234> with error 12, opcode 0, len 0, vendor err 129",
         .source = "NVIDIA/nccl 5067397 src/transport/net_ib/p2p.cc:688"},
        {.code = "WHY1113",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "RDMA connection with a forced GID or adapter list",
         .cause = "An RDMA queue pair could not be connected ({1}), and the settings force a GID "
                  "index or a list of adapters.",
         .all = {"Call to ibv_modify_qp failed with (.*)",
                 "NCCL_IB_(?:GID_INDEX|HCA|ADDR_FAMILY|ADDR_RANGE|ROCE_VERSION_NUM|SL) (?:set|=|is "
                 "set)"},
         .confidence = 0.8,
         .next = "Take NCCL_IB_GID_INDEX back (NCCL detects it since 2.21) or set it to the RoCE "
                 "v2 entry that show_gids lists on every node; list in NCCL_IB_HCA only adapters "
                 "of one fabric.",
         .fields = {"policy.environment.NCCL_IB_GID_INDEX", "policy.environment.NCCL_IB_HCA"},
         .why = "The transition to ready-to-receive resolves the peer's GID. An index that holds "
                "another RoCE version or an empty entry on one node, or adapters of different "
                "subnets, make it fail.",
         .matches = "n1:10:20 [3] NCCL INFO NCCL_IB_GID_INDEX set by environment to 3.\nn1:10:20 "
                    "[3] misc/ibvwrap.cc:252 NCCL WARN Call to ibv_modify_qp failed with error "
                    "Connection timed out",
         .near_miss = "n1:10:20 [3] NCCL INFO NCCL_IB_GID_INDEX set by environment to 3.",
         .source = "NVIDIA/nccl 5067397 src/misc/ibvwrap.cc:345, 376"},
        {.code = "WHY1114",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "RDMA queue pairs do not connect",
         .cause = "An RDMA queue pair could not be connected ({1}).",
         .all = {"Call to ibv_modify_qp failed with (.*)"},
         .none = {"NCCL_IB_(?:GID_INDEX|HCA|ADDR_FAMILY|ADDR_RANGE|ROCE_VERSION_NUM|SL) "
                  "(?:set|=|is set)"},
         .confidence = 0.65,
         .next = "Check with ib_write_bw between the two nodes and the same adapters; look at GID "
                 "tables (show_gids), VLANs, and whether every rail reaches every other.",
         .fields = {"host.network.interface", "policy.environment.NCCL_IB_HCA"},
         .why = "The adapter could not resolve the peer's address: adapters that are not on one "
                "fabric, a RoCE interface without an address, a container without the host's "
                "network namespace.",
         .matches = "n1:10:20 [3] misc/ibvwrap.cc:252 NCCL WARN Call to ibv_modify_qp failed with "
                    "error No such device",
         .near_miss =
             "n1:10:20 [3] misc/ibvwrap.cc:252 NCCL WARN Call to ibv_poll_cq() returned -1",
         .source = "NVIDIA/nccl 5067397 src/misc/ibvwrap.cc:376"},
        {.code = "WHY1115",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "Locked memory is limited",
         .cause = "The adapter could not pin memory ({1}): the limit of locked memory is too low.",
         .all =
             {R"(Call to ibv_(?:reg_mr\w*|reg_dmabuf_mr|create_cq|create_qp|alloc_pd|create_comp_channel) failed.*(Cannot allocate memory))"},
         .confidence = 0.85,
         .next = "Raise the memlock limit to unlimited for the process (ulimit -l, --ulimit "
                 "memlock=-1 for containers, LimitMEMLOCK of slurmd).",
         .fields = {"host.machine"},
         .why = "RDMA pins the memory it uses. Shells, daemons and containers often start with a "
                "limit of 64 KiB or 8 MiB.",
         .matches = "n1:10:20 [3] misc/ibvwrap.cc:150 NCCL WARN Call to ibv_create_cq failed with "
                    "error Cannot allocate memory",
         .near_miss = "n1:10:20 [3] misc/ibvwrap.cc:150 NCCL WARN Call to ibv_reg_mr_iova2 failed "
                      "with error Bad address",
         .source = "NVIDIA/nccl 5067397 src/misc/ibvwrap.cc:195"},
        {.code = "WHY1116",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "GPU memory cannot be registered for RDMA",
         .cause = "The adapter could not register GPU memory ({1}): GPUDirect RDMA does not work "
                  "on this host.",
         .all =
             {R"(Call to ibv_reg_(?:mr\w*|dmabuf_mr\w*) failed.*(Bad address|Invalid argument|Operation not supported|Input/output error|No such device))"},
         .confidence = 0.75,
         .next = "Load nvidia-peermem for the running driver, or set NCCL_NET_GDR_LEVEL=LOC until "
                 "it works.",
         .fields = {"policy.environment.NCCL_NET_GDR_LEVEL"},
         .why = "Registration of device memory needs nvidia-peermem or dma-buf support of kernel, "
                "driver and adapter; a driver update without its module breaks it.",
         .matches = "n1:10:20 [3] misc/ibvwrap.cc:213 NCCL WARN Call to ibv_reg_mr_iova2 failed "
                    "with error Bad address",
         .near_miss = "n1:10:20 [3] misc/ibvwrap.cc:150 NCCL WARN Call to ibv_create_cq failed "
                      "with error Cannot allocate memory",
         .source = "NVIDIA/nccl 5067397 src/misc/ibvwrap.cc:195, 213"},
        {.code = "WHY1117",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "An adapter or port failed",
         .cause = "The network adapter {1} reported a fault while the job ran.",
         .all =
             {R"(NET/IB : (\S+?) (?:async fatal event|Got async event : (?:port error|local catastrophic error|device fatal)))"},
         .confidence = 0.85,
         .next = "Look at dmesg and at the port's counters on that node, and take the node out.",
         .fields = {"host.network.interface"},
         .why = "Asynchronous events of the adapter: a port went down or the device failed. They "
                "precede the collective's timeout on the other ranks.",
         .matches = "n1:10:20 [3] transport/net_ib/common.cc:123 NCCL WARN NET/IB : mlx5_3:1 async "
                    "fatal event: port error",
         .near_miss = "n1:10:20 [3] transport/net_ib/common.cc:160 NCCL WARN NET/IB : mlx5_3:1 Got "
                      "non-fatal async event: client reregistration event(17)",
         .source = "NVIDIA/nccl 5067397 src/transport/net_ib/common.cc:123-150"},
        {.code = "WHY1118",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Adapters of different kinds mixed",
         .cause = "NCCL was to connect network adapters of different link layers.",
         .all =
             {R"((?:Attempted to (?:connect|merge) incompatible devices|device is incompatible with the local \[))"},
         .confidence = 0.75,
         .next = "Restrict NCCL_IB_HCA to the adapters of one fabric, the same on every node.",
         .fields = {"policy.environment.NCCL_IB_HCA"},
         .why = "InfiniBand and Ethernet adapters cannot talk to each other. Without a list NCCL "
                "takes them all, storage adapters included.",
         .matches = "n1:10:20 [3] connect.cc:987 NCCL WARN NET/IB : Attempted to connect "
                    "incompatible devices: [0]mlx5_0:1/IB and [1]mlx5_4:1/RoCE. Try selecting NICs "
                    "of only one link type using NCCL_IB_HCA",
         .near_miss = "n1:10:20 [3] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [1]mlx5_4:1/RoCE [RO]; "
                      "OOB eth0:10.0.0.1<0>",
         .source = "NVIDIA/nccl 5067397 src/transport/net_ib/connect.cc:987, init.cc:250"},
        {.code = "WHY1119",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "Nodes with different numbers of adapters",
         .cause =
             "Ranks see different numbers of network devices: an adapter is missing on a node.",
         .all = {"Detected mixed local (?:Net|CollNet) device counts across ranks"},
         .confidence = 0.75,
         .next = "Compare ibdev2netdev or lspci over the nodes and take out the one that lacks an "
                 "adapter.",
         .fields = {"host.machine.nodes"},
         .why = "Equal nodes should show equal devices. A difference is a failed adapter or a "
                "container that was given only some of them.",
         .matches = "n1:10:20 [3] init.cc:1339 NCCL WARN Detected mixed local Net device counts "
                    "across ranks (min 7, max 8). Set NCCL_IGNORE_NET_MISMATCH=1 to ignore",
         .near_miss = "n1:10:20 [3] init.cc:1335 NCCL INFO Ignoring NET mismatch",
         .source = "NVIDIA/nccl 5067397 src/init.cc:1339, 1362"},
        {.code = "WHY1120",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "Shared memory too small for NCCL",
         .cause = "NCCL could not create a shared memory segment: /dev/shm is too small or not "
                  "writable.",
         .all =
             {R"((?:Error: failed to extend \S+ to \d+ bytes|Error while (?:creating|attaching to) shared memory segment|NCCL WARN Call to posix_fallocate failed.*No space left))"},
         .confidence = 0.9,
         .next = "Enlarge /dev/shm (--shm-size or --ipc=host for containers, an emptyDir with "
                 "medium Memory on Kubernetes) and delete stale /dev/shm/nccl-* files.",
         .fields = {"host.machine"},
         .why = "Ranks of one node exchange through /dev/shm where no direct path between GPUs "
                "serves. Containers start with 64 MiB of it.",
         .matches = "n1:10:20 [3] misc/shmutils.cc:71 NCCL WARN Error: failed to extend "
                    "/dev/shm/nccl-8bZq1a to 9637892 bytes",
         .near_miss =
             "n1:10:20 [3] NCCL INFO Channel 00 : 0[1b000] -> 1[1c000] via SHM/direct/direct",
         .source = "NVIDIA/nccl v2.18.3-1 src/misc/shmutils.cc:71, 112; NVIDIA/nccl 5067397 "
                   "src/os/linux.cc:795, 842"},
        {.code = "WHY1121",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "A GPU that this process cannot see",
         .cause = "NVML cannot open a GPU by its PCI address ({1}): a peer rank runs on a device "
                  "that this container does not have.",
         .all = {R"(nvmlDeviceGetHandleBy(?:PciBusId|Index)\S* failed: (\w.*))"},
         .confidence = 0.85,
         .next = "Give all ranks of a node the same view of its GPUs: one container a node, or all "
                 "devices in each, or set NCCL_HOSTID apart for containers that share a host.",
         .fields = {"host.machine.gpus_per_node"},
         .why =
             "NCCL takes ranks with one host identity for neighbours and asks NVML about the "
             "neighbour's GPU. Two containers with disjoint GPUs on one host look like one host.",
         .matches = "n1:10:20 [2] misc/nvmlwrap.cc:187 NCCL WARN nvmlDeviceGetHandleByPciBusId() "
                    "failed: Not Found",
         .near_miss = "n1:10:20 [2] NCCL INFO nvmlDeviceGetHandleByPciBusId loaded",
         .source = "NVIDIA/nccl 5067397 src/misc/nvmlwrap.cc; src/graph/xml.cc"},
        {.code = "WHY1122",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "NVML does not start under NCCL",
         .cause = "NVML failed to start ({1}), so NCCL knows nothing about the GPUs.",
         .all = {R"((nvmlInit\S*\(\) failed: \w.*|Failed to open libnvidia-ml\.so\.1: .*))"},
         .confidence = 0.85,
         .next = "Run nvidia-smi in the same environment; reload the driver or reboot where its "
                 "versions differ.",
         .fields = {"host.machine"},
         .why = "The management library of the driver is missing in the container, or does not fit "
                "the loaded kernel module.",
         .matches = "n1:10:20 [2] misc/nvmlwrap.cc:142 NCCL WARN nvmlInit_v2() failed: "
                    "Driver/library version mismatch",
         .near_miss = "n1:10:20 [2] NCCL INFO nvmlInit_v2 found",
         .source = "NVIDIA/nccl 5067397 src/misc/nvmlwrap.cc:142"},
        {.code = "WHY1123",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Ranks with different NCCL versions",
         .cause = "Ranks of one job run different versions of NCCL.",
         .all = {"(?:Mismatched NCCL version detected|NCCL version mismatch with remote peer)"},
         .confidence = 0.9,
         .next = "Use one image or environment on all nodes, and look for a second libnccl.so.2 on "
                 "LD_LIBRARY_PATH.",
         .fields = {"host.versions.nccl"},
         .why = "NCCL's protocols are not stable between releases: all ranks must load the same "
                "library.",
         .matches = "n1:10:20 [2] init.cc:1043 NCCL WARN Mismatched NCCL version detected : rank 0 "
                    "version 22203 rank 8 version 21805",
         .near_miss = "n1:10:20 [2] NCCL INFO NCCL version 2.22.3+cuda12.5",
         .source = "NVIDIA/nccl 5067397 src/init.cc:1043; src/ras/ras.cc:415"},
        {.code = "WHY1124",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "NCCL older than the program needs",
         .cause = "The loaded NCCL does not fit the one that the program was built against.",
         .all = {"(?:NCCL library is (?:not backwards compatible|too old)|compiled with too old "
                 "version of NCCL)"},
         .confidence = 0.9,
         .next = "Install the NCCL that the framework's wheel asks for and take other copies off "
                 "LD_LIBRARY_PATH.",
         .fields = {"host.versions.nccl"},
         .why = "The library checks versions where structures changed. A system libnccl that hides "
                "the wheel's own is the usual reason.",
         .matches = "n1:10:20 [2] dev_runtime.cc:1444 NCCL WARN NCCL library is not backwards "
                    "compatible. This application was compiled with NCCL version 2.28.3, but is "
                    "running with NCCL version 2.29.2",
         .near_miss = "n1:10:20 [2] NCCL INFO NCCL version 2.29.2+cuda13.0",
         .source = "NVIDIA/nccl 5067397 src/dev_runtime.cc:1444"},
        {.code = "WHY1125",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Two jobs or ranks share one bootstrap",
         .cause = "A rank checked in twice or with another number of ranks: two launches share one "
                  "rendezvous, or ranks are numbered wrongly.",
         .all =
             {R"((?:has already checked in|Bootstrap Root : mismatch in (?:info|rank count) from procs|improper usage of ncclCommInitRank|Invalid rank requested : \d+/\d+))"},
         .confidence = 0.75,
         .next = "Give each job its own master port or NCCL_COMM_ID, and each process its own RANK "
                 "below WORLD_SIZE.",
         .fields = {"policy.layout.world_size", "host.network.master_port"},
         .why = "The bootstrap root counts ranks. A duplicate means that the same RANK was started "
                "twice, often by a scheduler that runs the script once a task while the script "
                "starts all ranks itself.",
         .matches = "n1:10:20 [2] bootstrap.cc:348 NCCL WARN Bootstrap Root : rank 0 of 8 ranks "
                    "has already checked in",
         .near_miss = "n1:10:20 [2] NCCL INFO Bootstrap Root : rank 0 of 8 ranks checked in",
         .source = "NVIDIA/nccl 5067397 src/bootstrap.cc:348"},
        {.code = "WHY1126",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "NVLink SHARP does not work on this host",
         .cause = "NVSwitch multicast memory could not be set up: the fabric manager or the "
                  "switches are not in order.",
         .all = {R"(Failed to bind NVLink SHARP \(NVLS\) Multicast memory)"},
         .confidence = 0.85,
         .next = "Restart nvidia-fabricmanager in the driver's version (nvidia-smi -q shows the "
                 "Fabric state); NCCL_NVLS_ENABLE=0 works around it.",
         .fields = {"policy.environment.NCCL_NVLS_ENABLE"},
         .why = "Multicast across NVSwitches needs a fabric manager that finished its setup. In "
                "containers and virtual machines a partition of the fabric may lack it.",
         .matches = "n1:10:20 [2] transport/nvls.cc:376 NCCL WARN Failed to bind NVLink SHARP "
                    "(NVLS) Multicast memory of size 2097152 : CUDA error 401 'the operation "
                    "cannot be performed in the present state'.",
         .near_miss = "n1:10:20 [2] NCCL INFO NVLS multicast support is available on dev 2",
         .source = "NVIDIA/nccl 5067397 src/transport/nvls.cc:376"},
        {.code = "WHY1127",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "Multicast setup fails in the driver",
         .cause = "The CUDA driver refused NVLink SHARP multicast ({1}).",
         .all = {R"(nvls\.cc:\d+ NCCL WARN Cuda failure (.*))"},
         .confidence = 0.7,
         .next = "Check the Fabric state in nvidia-smi -q and the fabric manager's log; set "
                 "NCCL_NVLS_ENABLE=0 until it is repaired.",
         .fields = {"policy.environment.NCCL_NVLS_ENABLE"},
         .why = "The NVLS transport asks for multicast objects early. Hosts with a half-configured "
                "NVSwitch fabric, and some virtual machines, refuse them.",
         .matches =
             "n1:10:20 [2] transport/nvls.cc:244 NCCL WARN Cuda failure 1 'invalid argument'",
         .near_miss =
             "n1:10:20 [2] transport/p2p.cc:244 NCCL WARN Cuda failure 1 'invalid argument'",
         .source = "NVIDIA/nccl v2.19.3-1 src/transport/nvls.cc"},
        {.code = "WHY1128",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "Multi-node NVLink without IMEX",
         .cause = "The nodes share an NVLink domain whose IMEX service or channel does not work.",
         .all = {R"(MNNVL \(cliqueSize \d+\) is available but not working)"},
         .confidence = 0.85,
         .next = "Start nvidia-imex on all nodes of the domain and give the process "
                 "/dev/nvidia-caps-imex-channels; NCCL_MNNVL_ENABLE=0 works around it.",
         .fields = {"policy.environment.NCCL_MNNVL_ENABLE"},
         .why = "Memory is exported between nodes of one NVLink domain through an IMEX channel. "
                "NCCL found the domain and could not use the channel.",
         .matches = "n1:10:20 [2] mnnvl.cc:74 NCCL WARN MNNVL (cliqueSize 16) is available but not "
                    "working on this system. Check the IMEX channel configuration "
                    "(/dev/nvidia-caps-imex-channels).",
         .near_miss = "n1:10:20 [2] NCCL INFO MNNVL 1 cliqueId 7ffe cliqueSize 16 cliqueRank 0",
         .source = "NVIDIA/nccl 5067397 src/mnnvl.cc:74, 86"},
        {.code = "WHY1129",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "No GPU memory left for NCCL's buffers",
         .cause = "NCCL could not allocate its buffers: the GPU's memory was already full.",
         .all =
             {R"((?:NCCL WARN (?:\[\S+\] )?Cuda failure (?:\d+ )?'out of memory'|NCCL WARN Failed to CUDA (?:malloc|calloc|calloc async) \d+ bytes))"},
         .confidence = 0.75,
         .next = "Leave 1 to 4 GiB beside the model: a smaller micro batch, more recomputation, or "
                 "a smaller NCCL_BUFFSIZE and fewer channels.",
         .fields = {"policy.batch.micro_batch_size", "policy.recompute.granularity",
                    "policy.environment.NCCL_BUFFSIZE"},
         .why = "Communicators allocate outside PyTorch's allocator and often only at the first "
                "collective, when activations already hold the rest.",
         .matches = "n1:10:20 [2] include/alloc.h:190 NCCL WARN Cuda failure 2 'out of memory'",
         .near_miss = "n1:10:20 [2] include/alloc.h:190 NCCL WARN Cuda failure 'invalid argument'",
         .source = "NVIDIA/nccl 5067397 src/include/checks.h:18, src/include/alloc.h:462"},
        {.code = "WHY1130",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "GPUs of one node cannot reach each other directly",
         .cause = "Peer access between GPUs failed although the driver announced it.",
         .all = {"(?:failed to peer with device|cudaIpcGetMemHandle failed|cudaIpcOpenMemHandle "
                 "failed|P2P is disabled between NVLINK connected GPUs)"},
         .confidence = 0.65,
         .next = "Run p2pBandwidthLatencyTest; look at ACS, IOMMU and container isolation (one PID "
                 "and IPC namespace for all ranks); NCCL_P2P_DISABLE=1 confirms it.",
         .fields = {"policy.environment.NCCL_P2P_DISABLE"},
         .why =
             "Direct access needs the PCI path or NVLink to work, and handles that both processes "
             "may open. Separate containers, virtual machines and IOMMU translation break it.",
         .matches = "n1:10:20 [2] transport/p2p.cc:355 NCCL WARN failed to peer with device "
                    "1(=1c000): 217 peer access is not supported between these two devices",
         .near_miss = "n1:10:20 [2] NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/IPC",
         .source = "NVIDIA/nccl 5067397 src/transport/p2p.cc:250, 355; src/graph/paths.cc:396"},
        {.code = "WHY1131",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Every transport is switched off",
         .cause =
             "No transport is left between two ranks, because the environment switches some off.",
         .all = {"No transport found for rank",
                 "NCCL_(?:P2P_DISABLE|SHM_DISABLE|NET_DISABLE_INTRA|P2P_LEVEL|NET|IB_DISABLE) "
                 "(?:set|=)"},
         .confidence = 0.8,
         .next = "Take NCCL_P2P_DISABLE and NCCL_SHM_DISABLE out of the environment.",
         .fields = {"policy.environment.NCCL_P2P_DISABLE", "policy.environment.NCCL_SHM_DISABLE"},
         .why = "NCCL tries direct access, shared memory and the network in turn. Variables meant "
                "for debugging can forbid all of them.",
         .matches =
             "n1:10:20 [2] NCCL INFO NCCL_SHM_DISABLE set by environment to 1.\nn1:10:20 [2] "
             "transport.cc:39 NCCL WARN No transport found for rank 0[1b000] -> rank 1[1c000]",
         .near_miss = "n1:10:20 [2] NCCL INFO NCCL_SHM_DISABLE set by environment to 1.",
         .source = "NVIDIA/nccl 5067397 src/transport.cc:39"},
        {.code = "WHY1132",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "No path between two ranks",
         .cause = "NCCL found no transport between two ranks of the job.",
         .all = {"No transport found for rank"},
         .none = {"NCCL_(?:P2P_DISABLE|SHM_DISABLE|NET_DISABLE_INTRA|P2P_LEVEL|NET|IB_DISABLE) "
                  "(?:set|=)"},
         .confidence = 0.6,
         .next = "Read NCCL_DEBUG=INFO of both ranks: which interfaces each lists, and whether "
                 "they share a host identity they should not.",
         .fields = {"host.network.interface"},
         .why = "Without direct access, shared memory or a common network nothing can carry data "
                "between the two.",
         .matches = "n1:10:20 [2] transport.cc:39 NCCL WARN No transport found for rank 0[1b000] "
                    "-> rank 1[1c000]",
         .near_miss = "n1:10:20 [2] NCCL INFO Connected all trees",
         .source = "NVIDIA/nccl 5067397 src/transport.cc:39"},
        {.code = "WHY1133",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Algorithm or protocol forbidden by the environment",
         .cause = "NCCL_ALGO or NCCL_PROTO leave nothing for {1}.",
         .all = {R"(No algorithm/protocol available for function (\w+))"},
         .confidence = 0.8,
         .next = "Unset NCCL_ALGO and NCCL_PROTO, or name an algorithm that this collective and "
                 "topology have.",
         .fields = {"policy.environment.NCCL_ALGO", "policy.environment.NCCL_PROTO"},
         .why = "Not every collective has every algorithm: NVLS and CollNet need hardware, trees "
                "serve all-reduce only.",
         .matches = "n1:10:20 [2] enqueue.cc:2063 NCCL WARN No algorithm/protocol available for "
                    "function AllGather with datatype ncclBfloat16. NCCL_ALGO was set to Tree.",
         .near_miss = "n1:10:20 [2] NCCL INFO NCCL_ALGO set by environment to Tree",
         .source = "NVIDIA/nccl 5067397 src/enqueue.cc:2063"},
        {.code = "WHY1134",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "The network plugin that was asked for is not there",
         .cause = "NCCL_NET asks for a network that no loaded plugin offers.",
         .all = {"(?:NCCL WARN Error: network (.+) not found|NCCL WARN Failed to initialize any "
                 "NET plugin)"},
         .confidence = 0.75,
         .next = "Unset NCCL_NET and NCCL_NET_PLUGIN, or install the plugin (aws-ofi-nccl, gIB) in "
                 "the image and on LD_LIBRARY_PATH.",
         .fields = {"policy.environment.NCCL_NET", "policy.environment.NCCL_NET_PLUGIN"},
         .why = "Cloud images set NCCL_NET to their own transport. In another image the plugin's "
                "library is missing and NCCL refuses to fall back.",
         .matches = "n1:10:20 [2] net.cc:72 NCCL WARN Error: network AWS Libfabric not found.",
         .near_miss = "n1:10:20 [2] NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using "
                      "internal network plugin.",
         .source = "NVIDIA/nccl v2.18.3-1 src/net.cc; NVIDIA/nccl 5067397 src/plugin/net.cc:349"},
        {.code = "WHY1135",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "A topology or graph file that NCCL cannot use",
         .cause = "The file named by NCCL_TOPO_FILE or NCCL_GRAPH_FILE is missing or does not fit "
                  "this NCCL.",
         .all = {"(?:Could not open XML graph file|XML (?:Graph|Topology) has wrong version|NCCL "
                 "WARN XML (?:Parse|Mismatch|Import))"},
         .confidence = 0.75,
         .next = "Unset NCCL_TOPO_FILE and NCCL_GRAPH_FILE, or take the file that belongs to this "
                 "machine type.",
         .fields = {"policy.environment.NCCL_TOPO_FILE", "policy.environment.NCCL_GRAPH_FILE"},
         .why = "Such files describe one machine type for one series of NCCL releases. Copied "
                "elsewhere they do more harm than good.",
         .matches = "n1:10:20 [2] graph/xml.cc:1257 NCCL WARN Could not open XML graph file "
                    "/opt/graph.xml : No such file or directory",
         .near_miss = "n1:10:20 [2] NCCL INFO Loading topology file "
                      "/var/run/nvidia-topologyd/virtualTopology.xml",
         .source = "NVIDIA/nccl 5067397 src/graph/xml.cc:1257"},
        {.code = "WHY1136",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "NCCL_COMM_ID is malformed",
         .cause = "NCCL_COMM_ID is not of the form address:port.",
         .all = {"Invalid NCCL_COMM_ID"},
         .confidence = 0.85,
         .next = "Unset NCCL_COMM_ID, or write it as <ipv4>:<port>.",
         .fields = {"policy.environment.NCCL_COMM_ID"},
         .why = "The variable replaces the usual exchange of NCCL's identifier. PyTorch does that "
                "through its store and needs none.",
         .matches = "n1:10:20 [2] bootstrap.cc:114 NCCL WARN Invalid NCCL_COMM_ID, please use "
                    "format: <ipv4>:<port> or [<ipv6>]:<port> or <hostname>:<port>",
         .near_miss = "n1:10:20 [2] NCCL INFO NCCL_COMM_ID set by environment to 10.0.0.1:5000",
         .source = "NVIDIA/nccl 5067397 src/bootstrap.cc:114"},
        {.code = "WHY1137",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "Ranks disagree about the size of a message",
         .cause = "A rank received a message of another size than it expected: ranks run different "
                  "collectives or different NCCL settings.",
         .all = {R"(NET/Socket : peer \S+ message truncated)"},
         .confidence = 0.65,
         .next = "Compare the layout, the batch and all NCCL_ variables over the ranks; "
                 "TORCH_DISTRIBUTED_DEBUG=DETAIL names the collective.",
         .fields = {"policy.layout", "policy.environment.NCCL_ALGO",
                    "policy.environment.NCCL_PROTO"},
         .why = "The peers must agree on every call. Sizes differ when ranks take different "
                "branches or when NCCL_ALGO or NCCL_PROTO are set on some of them only.",
         .matches = "n1:10:20 [2] transport/net_socket.cc:520 NCCL WARN NET/Socket : peer "
                    "10.0.0.2<1234> message truncated : receiving 1048576 bytes instead of 65536",
         .near_miss = "n1:10:20 [2] bootstrap.cc:224 NCCL WARN Message truncated : received 64 "
                      "bytes instead of 256",
         .source = "NVIDIA/nccl 5067397 src/transport/net_socket.cc"},
        {.code = "WHY1138",
         .cls = Class::kStack,
         .role = Role::kSymptom,
         .title = "Ranks disagree during bootstrap",
         .cause = "Ranks exchanged bootstrap records of different sizes or kinds: different NCCL "
                  "builds, or another job on the same port.",
         .all = {"(?:NCCL WARN Message truncated : received|socketFinalizeAccept: wrong "
                 "(?:magic|type))"},
         .confidence = 0.45,
         .next = "Print the NCCL version on every node, and use a port that no other job uses.",
         .fields = {"host.versions.nccl", "host.network.master_port"},
         .why = "The records belong to one release. Something else that connects to the port, such "
                "as a scanner or a second job, looks the same.",
         .matches = "n1:10:20 [2] bootstrap.cc:224 NCCL WARN Message truncated : received 64 bytes "
                    "instead of 256",
         .near_miss = "n1:10:20 [2] NCCL WARN NET/Socket : peer 10.0.0.2<1234> message truncated : "
                      "receiving 1048576 bytes instead of 65536",
         .source = "NVIDIA/nccl 5067397 src/bootstrap.cc:224; v2.18.3-1 src/misc/socket.cc:431"},
        {.code = "WHY1139",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "NCCL calls half inside a CUDA graph",
         .cause =
             "Some streams of one NCCL group are captured into a CUDA graph and others are not.",
         .all =
             {R"((?:Streams given to a communicator within a NCCL group must either be all uncaptured|Either none or all communicators in a ncclGroup\(\) can be CUDA graph captured))"},
         .confidence = 0.75,
         .next = "Leave the part with communication out of the graphs, or capture all of it.",
         .fields = {"policy.graphs.implementation", "policy.graphs.scope"},
         .why = "A group of NCCL calls is one launch. It is captured as a whole or not at all.",
         .matches = "n1:10:20 [2] enqueue.cc:1800 NCCL WARN Streams given to a communicator within "
                    "a NCCL group must either be all uncaptured or all captured by the same graph.",
         .near_miss = "n1:10:20 [2] NCCL INFO NCCL_GRAPH_REGISTER set by environment to 0",
         .source = "NVIDIA/nccl 5067397 src/enqueue.cc"},
        {.code = "WHY1140",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "NCCL or driver too old for CUDA graphs",
         .cause = "This NCCL build or driver cannot be captured into a CUDA graph.",
         .all = {"NCCL cannot be captured in a graph if"},
         .confidence = 0.75,
         .next = "Update the driver and NCCL, or switch CUDA graphs off.",
         .fields = {"host.versions.nccl", "policy.graphs.implementation"},
         .why = "Capture of collectives needs CUDA 11.3 in NCCL's build and in the driver.",
         .matches = "n1:10:20 [2] misc/strongstream.cc:91 NCCL WARN NCCL cannot be captured in a "
                    "graph if either it wasn't built with CUDA runtime >= 11.3 or if the installed "
                    "CUDA driver < R465.",
         .near_miss = "n1:10:20 [2] NCCL INFO cudaDriverVersion 12040",
         .source = "NVIDIA/nccl 5067397 src/misc/strongstream.cc:91"},
        {.code = "WHY1141",
         .cls = Class::kPolicy,
         .role = Role::kRoot,
         .title = "FP8 reduction on a GPU without it",
         .cause = "A collective reduces FP8 values on a GPU older than sm_90.",
         .all = {"FP8 reduction support begins with sm90"},
         .confidence = 0.8,
         .next = "Reduce in bf16 or fp32, or run on Hopper or later.",
         .fields = {"policy.precision.compute"},
         .why = "NCCL has FP8 sums for Hopper and later only.",
         .matches = "n1:10:20 [2] enqueue.cc:3029 NCCL WARN FP8 reduction support begins with sm90 "
                    "capable devices.",
         .near_miss = "n1:10:20 [2] NCCL INFO comm 0x1 sm90",
         .source = "NVIDIA/nccl 5067397 src/enqueue.cc:3029"},
        {.code = "WHY1142",
         .cls = Class::kHost,
         .role = Role::kRoot,
         .title = "An adapter cannot be opened",
         .cause = "The verbs library cannot open or query the adapter ({1}).",
         .all = {R"(NET/IB : Unable to (?:open|query) (?:device|port_num) (\S+))"},
         .confidence = 0.7,
         .next = "Check /dev/infiniband in the container and ibv_devinfo on the node.",
         .fields = {"host.network.interface"},
         .why = "The adapter is listed and does not answer: missing device files in a container, a "
                "driver that was reloaded, failed hardware.",
         .matches =
             "n1:10:20 [2] transport/net_ib.cc:400 NCCL WARN NET/IB : Unable to open device mlx5_2",
         .near_miss = "n1:10:20 [2] NCCL INFO NET/IB : No device found.",
         .source = "NVIDIA/nccl 5067397 src/transport/net_ib/init.cc"},
        {.code = "WHY1143",
         .cls = Class::kPolicy,
         .role = Role::kSymptom,
         .title = "NCCL was used wrongly",
         .cause = "NCCL refused a call as invalid usage, most often because ranks share a GPU or "
                  "disagree about their number.",
         .all =
             {R"((?:ncclInvalidUsage|ncclInvalidArgument|NCCL error in: .*invalid (?:usage|argument)|NCCL [Ee]rror:? ?\d?:? invalid (?:usage|argument)))"},
         .confidence = 0.5,
         .next = "Run once with NCCL_DEBUG=WARN for the refused argument; compare local ranks with "
                 "visible GPUs first.",
         .fields = {"policy.layout.world_size", "host.machine.gpus_per_node"},
         .why = "The exception has the class of the error only. NCCL's own warning, which names "
                "the argument, is printed with NCCL_DEBUG=WARN.",
         .matches = "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1331, "
                    "invalid usage, NCCL version 2.18.1\nncclInvalidUsage: This usually reflects "
                    "invalid usage of NCCL library.",
         .near_miss = "torch.distributed.DistBackendError: NCCL error in: "
                      "ProcessGroupNCCL.cpp:1331, internal error, NCCL version 2.18.1",
         .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/NCCLUtils.cpp "
                   "(getNcclErrorDetailStr)"},
        {.code = "WHY1144",
         .cls = Class::kHost,
         .role = Role::kSymptom,
         .title = "A system call of NCCL failed",
         .cause = "A system call or library call of NCCL failed; the log does not say which.",
         .all = {"(?:ncclSystemError|unhandled system error|ncclUnhandledCudaError|unhandled cuda "
                 "error|ncclInternalError)"},
         .confidence = 0.35,
         .next = "Run once with NCCL_DEBUG=INFO: the warning before this line names the call.",
         .why = "These are NCCL's result classes. Sockets, shared memory, adapters and the driver "
                "all end in one of them.",
         .matches = "ncclSystemError: System call (e.g. socket, malloc) or external library call "
                    "failed or device error.",
         .near_miss = "ncclInProgress",
         .source = "pytorch/pytorch v2.6 torch/csrc/distributed/c10d/NCCLUtils.cpp "
                   "(getNcclErrorDetailStr)"},
        {.code = "WHY1145",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "NCCL's picture of the machine broke",
         .cause = "NCCL ended in its search of the topology: {1}.",
         .all =
             {R"(NCCL WARN (Could not find (?:NET|net|id|gpu|any local path|intermediate GPU|NIC|node of type|pool)\b.*|No path computed to go from.*|Internal error : .*|Error : ring .*|ncclTopo\w+ could not find.*|Error : (?:tried to create too many nodes|too many (?:Topo links|XML nodes)).*|Failed to find reverse path.*|Graph.*search failed.*))"},
         .confidence = 0.55,
         .next = "Take the newest NCCL that fits the image; if it stays, compare lspci -tv and the "
                 "container's /sys with the bare machine.",
         .fields = {"host.versions.nccl", "host.machine"},
         .why = "These are checks of NCCL's own data. Faults of one release cause them, and "
                "machines whose PCI tree is hidden or odd.",
         .matches = "n1:2:3 [0] graph/topo.h:230 NCCL WARN Could not find NET with id 0",
         .near_miss = "n1:2:3 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB",
         .source = "NVIDIA/nccl 5067397 src/graph/topo.cc, paths.cc, rings.cc"},
};

}  // namespace

std::span<const Signature> NcclSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
