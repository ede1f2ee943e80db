// torchrun
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {.code = "WHY1301",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "A node lost the rendezvous",
     .cause = "A node's agent could not reach the rendezvous any more ({1}): the node that serves "
              "it is gone.",
     .all =
         {R"(has failed to send a keep-alive heartbeat to the rendezvous '[^']*' due to an error of type (\w+))"},
     .confidence = 0.6,
     .next = "Look at the node that hosts the rendezvous (the first) and restart the job without "
             "the lost one.",
     .fields = {"host.machine.nodes"},
     .why = "The agents renew a heartbeat in a store on one node. When that node crashes, all "
            "others report this and may never end.",
     .matches = "WARNING:torch.distributed.elastic.rendezvous.dynamic_rendezvous:The node 'n2_1_0' "
                "has failed to send a keep-alive heartbeat to the rendezvous 'job' due to an error "
                "of type RendezvousTimeoutError.",
     .near_miss = "INFO:torch.distributed.elastic.rendezvous.dynamic_rendezvous:The node 'n2_1_0' "
                  "has joined round 0 of the rendezvous 'job' as rank 1 in a world of size 2.",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/rendezvous/dynamic_rendezvous.py "
               "(_keep_alive)"},
    {.code = "WHY1302",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "An agent was ended from outside",
     .cause = "A node's agent was ended by a signal from outside and the rendezvous closed for the "
              "others.",
     .all =
         {R"((?:Received (?:15|2|Signals\.SIGTERM) death signal|got signal: 15|SignalException: Process \d+ got signal: 15))",
          "(?:RendezvousClosedError|The rendezvous '[^']*' has been closed|keep-alive "
          "heartbeat|RendezvousConnectionError)"},
     .confidence = 0.65,
     .next = "Find who sent the signal: preemption, a time limit, an evicted pod or a node that "
             "was drained.",
     .fields = {"host.machine.nodes"},
     .why = "torchrun ends its workers on SIGTERM and closes the rendezvous, so that the agents of "
            "other nodes end with it.",
     .matches = "torch.distributed.elastic.rendezvous.api.RendezvousClosedError\nW0101 "
                "10:00:00.000000 99 torch/distributed/elastic/agent/server/api.py:719] Received 15 "
                "death signal, shutting down workers",
     .near_miss = "W0101 10:00:00.000000 99 torch/distributed/elastic/agent/server/api.py:719] "
                  "Received 15 death signal, shutting down workers",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/agent/server/api.py (run), "
               "rendezvous/dynamic_rendezvous.py"},
    {.code = "WHY1303",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "The rendezvous closed",
     .cause = "The rendezvous was closed while this node still took part: another node ended.",
     .all = {"(?:RendezvousClosedError|The rendezvous '[^']*' has been closed)"},
     .confidence = 0.5,
     .next = "Read the agents' logs of the other nodes for the first one that ended.",
     .fields = {"host.machine.nodes"},
     .why = "A rendezvous closes when an agent ends it for good. The others learn only that.",
     .matches = "torch.distributed.elastic.rendezvous.api.RendezvousClosedError",
     .near_miss = "torch.distributed.elastic.rendezvous.api.RendezvousTimeoutError",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/rendezvous/dynamic_rendezvous.py"},
    {.code = "WHY1304",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "The rendezvous store cannot be reached",
     .cause = "The store of the rendezvous could not be reached.",
     .all = {"(?:The connection to the (?:C10d|etcd) store has "
             "failed|RendezvousConnectionError|EtcdConnectionFailed|EtcdException: No more "
             "machines in the cluster)"},
     .confidence = 0.5,
     .next = "Check that the rendezvous endpoint names the first node by an address that the "
             "others reach, and that its agent runs.",
     .fields = {"host.network.master_addr", "host.network.master_port"},
     .why = "The endpoint of the rendezvous is served by one node, or by etcd. No agent can start "
            "without it.",
     .matches = "torch.distributed.elastic.rendezvous.api.RendezvousConnectionError: The "
                "connection to the C10d store has failed. See inner exception for details.",
     .near_miss = "INFO The connection to the C10d store has been established",
     .source =
         "pytorch/pytorch v2.6 torch/distributed/elastic/rendezvous/c10d_rendezvous_backend.py"},
    {.code = "WHY1305",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "Too few nodes came to the rendezvous",
     .cause = "The rendezvous ended its waiting before enough nodes had come.",
     .all = {"RendezvousTimeoutError"},
     .none = {"keep-alive heartbeat"},
     .confidence = 0.4,
     .next = "Start as many agents as --nnodes says, with one rendezvous id and endpoint for all.",
     .fields = {"host.machine.nodes"},
     .why = "Agents with another id, endpoint or number of nodes never meet.",
     .matches = "torch.distributed.elastic.rendezvous.api.RendezvousTimeoutError",
     .near_miss = "torch.distributed.elastic.rendezvous.api.RendezvousClosedError",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/rendezvous/dynamic_rendezvous.py"},
    {.code = "WHY1306",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "The launcher was told to end",
     .cause =
         "The launcher received SIGTERM from outside: the scheduler or an operator ended the job.",
     .all = {R"((?:Received (?:15|Signals\.SIGTERM) death signal|got signal: 15\b))"},
     .confidence = 0.5,
     .next = "Look at the scheduler's record of the job: time limit, preemption, eviction, "
             "cancellation.",
     .fields = {"host.machine"},
     .why = "torchrun reports the signal that it was sent. Nothing within the job has failed "
            "before it.",
     .matches = "torch.distributed.elastic.multiprocessing.api.SignalException: Process 4711 got "
                "signal: 15",
     .near_miss = "torch.distributed.elastic.multiprocessing.api.SignalException: Process 4711 got "
                  "signal: 1",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/api.py "
               "(_terminate_process_handler)"},
    {.code = "WHY1307",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The terminal was closed",
     .cause = "The launcher received SIGHUP: the terminal or the ssh session that it was started "
              "from ended.",
     .all = {R"((?:Received (?:1|Signals\.SIGHUP) death signal|got signal: 1\b))"},
     .confidence = 0.65,
     .next = "Start it detached from the terminal: nam56r launch under Slurm, systemd-run, tmux or "
             "setsid.",
     .fields = {"policy.run"},
     .why = "A process in the foreground of a session is ended with the session. torchrun handles "
            "SIGHUP itself, so that nohup does not protect it.",
     .matches = "torch.distributed.elastic.multiprocessing.api.SignalException: Process 4711 got "
                "signal: 1",
     .near_miss = "torch.distributed.elastic.multiprocessing.api.SignalException: Process 4711 got "
                  "signal: 15",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/api.py "
               "(_terminate_process_handler)"},
    {.code = "WHY1308",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "A worker was killed",
     .cause = "A worker was ended with SIGKILL, which nothing in the program does: most often the "
              "kernel's or the container's out-of-memory killer.",
     .all =
         {R"((?:exitcode: -9\b|Signal 9 \(SIGKILL\) received by PID|exit code:? 137\b|died with <Signals\.SIGKILL))"},
     .confidence = 0.6,
     .next = "Look at dmesg and the container's memory events of that node; then lower host memory "
             "use (data-loader workers, checkpoint loading on every rank, pinned buffers) or raise "
             "the limit.",
     .fields = {"host.machine"},
     .why = "Loading a checkpoint or a dataset on every local rank multiplies host memory. The "
            "killer leaves no line in the log of the process.",
     .matches = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: -9) "
                "local_rank: 2 (pid: 4711) of binary: /usr/bin/python",
     .near_miss = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: 1) "
                  "local_rank: 2 (pid: 4711) of binary: /usr/bin/python",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/api.py, "
               "errors/__init__.py (ProcessFailure)"},
    {.code = "WHY1309",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "A worker ended with a bus error",
     .cause =
         "A worker ended with SIGBUS: shared memory or a memory-mapped file could not be backed.",
     .all =
         {R"((?:exitcode: -7\b|Signal 7 \(SIGBUS\) received by PID|Caught signal 7 \(Bus error|^Bus error|: Bus error \(core dumped\)|died with <Signals\.SIGBUS))"},
     .confidence = 0.65,
     .next = "Enlarge /dev/shm (--shm-size, --ipc=host, emptyDir medium Memory), and check the "
             "disk below memory-mapped data.",
     .fields = {"host.machine"},
     .why = "Writing to a page of a full tmpfs, or reading a mapped file that was truncated or "
            "whose disk fails, raises SIGBUS.",
     .matches = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: -7) "
                "local_rank: 0 (pid: 4711) of binary: /usr/bin/python",
     .near_miss = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: -9) "
                  "local_rank: 2 (pid: 4711) of binary: /usr/bin/python",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/errors/__init__.py"},
    {.code = "WHY1310",
     .cls = Class::kStack,
     .role = Role::kSymptom,
     .title = "A worker ended with a segmentation fault",
     .cause = "A worker ended with SIGSEGV in native code.",
     .all =
         {R"((?:exitcode: -11\b|Signal 11 \(SIGSEGV\) received by PID|died with <Signals\.SIGSEGV))"},
     .confidence = 0.35,
     .next = "Run with PYTHONFAULTHANDLER=1 to see the call; suspect extensions built for other "
             "versions.",
     .fields = {"host.versions"},
     .why = "The exit status names no culprit. Extensions and libraries of unequal versions are "
            "the first suspects.",
     .matches = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: -11) "
                "local_rank: 0 (pid: 4711) of binary: /usr/bin/python",
     .near_miss = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: 1) "
                  "local_rank: 0 (pid: 4711) of binary: /usr/bin/python",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/errors/__init__.py"},
    {.code = "WHY1311",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "torchrun's summary",
     .cause = "torchrun reports that workers ended; the reason is in their own output.",
     .all =
         {R"((?:ChildFailedError|failed \(exitcode: (?:1|-6)\) local_rank|[Ss]ending process \d+ closing signal|Unable to shutdown process \d+ via|error_file: <N/A>|WorkerGroup.*FAILED|Signal 6 \(SIGABRT\) received by PID|traceback : To enable traceback see|subprocess\.CalledProcessError: Command .*(?:torchrun|torch\.distributed|deepspeed)))"},
     .confidence = 0.3,
     .next = "Read the first worker's own error above it.",
     .why = "The agent knows exit codes only. It ends all workers when one fails.",
     .matches = "torch.distributed.elastic.multiprocessing.errors.ChildFailedError:",
     .near_miss = "INFO:torch.distributed.elastic.agent.server.api:[default] starting workers for "
                  "entrypoint: python",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/errors/__init__.py, "
               "api.py"},
    {.code = "WHY1312",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "The launcher passes --local-rank",
     .cause = "torch.distributed.launch passes {1} to the script, which does not know it.",
     .all = {"unrecognized arguments:.*(--local[-_]rank)"},
     .confidence = 0.65,
     .next = "Start with torchrun, which sets LOCAL_RANK and passes no argument, or let the script "
             "accept both spellings.",
     .fields = {"host.versions.pytorch"},
     .why = "The old launcher appends --local_rank, and --local-rank since PyTorch 2.0. Scripts "
            "written for one do not take the other.",
     .matches = "train.py: error: unrecognized arguments: --local-rank=0",
     .near_miss = "train.py: error: unrecognized arguments: --tensor-model-paralel-size 2",
     .source = "pytorch/pytorch v2.6 torch/distributed/launch.py"},
    {.code = "WHY1313",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "A wrong number of workers for a node",
     .cause = "The launcher does not take {1} as the number of workers.",
     .all = {R"(Unsupported nproc_per_node value: (\S+))"},
     .confidence = 0.85,
     .next = "Give a number, or one of auto, cpu, gpu on a machine that has them.",
     .fields = {"host.machine.gpus_per_node"},
     .why = "--nproc-per-node takes a positive number or the name of a kind of device.",
     .matches = "ValueError: Unsupported nproc_per_node value: gpus",
     .near_miss = "INFO Using nproc_per_node=gpu.",
     .source = "pytorch/pytorch v2.6 torch/distributed/run.py (determine_local_world_size)"},
    {.code = "WHY1314",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "torchrun refuses its arguments",
     .cause = "torchrun refused its command line: {1}.",
     .all =
         {R"(^(?:usage: )?(?:torchrun|run\.py|launch\.py|accelerate <command>|deepspeed): error: (.+))"},
     .none = {"--local[-_]rank"},
     .confidence = 0.75,
     .next = "Correct the launcher's arguments; what belongs to the script comes after the script.",
     .fields = {"policy.run"},
     .why = "argparse of the launcher itself, before any worker starts.",
     .matches =
         "torchrun: error: argument --nproc-per-node/--nproc_per_node: expected one argument",
     .near_miss = "pretrain_gpt.py: error: argument --num-layers: expected one argument",
     .source = "pytorch/pytorch v2.6 torch/distributed/run.py"},
    {.code = "WHY1315",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "Unknown rendezvous backend",
     .cause = "torchrun knows no rendezvous backend {1}.",
     .all = {"The rendezvous backend '([^']+)' is not registered"},
     .confidence = 0.85,
     .next = "Use c10d, static or etcd-v2.",
     .fields = {"host.network"},
     .why = "Backends are registered by name.",
     .matches = "ValueError: The rendezvous backend 'c10' is not registered. Did you forget to "
                "call `register`?",
     .near_miss = "INFO Rendezvous'ing worker group with backend c10d",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/rendezvous/api.py (create_handler)"},
    {.code = "WHY1316",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "Another launcher's summary",
     .cause =
         "A launcher or engine reports that a worker ended; the reason is in the worker's output.",
     .all =
         {R"((?:Engine core initialization failed|Failed core proc\(s\)|WorkerProc (?:initialization failed|failed to start|hit an exception)|Worker proc \S+ died unexpectedly|Received sigquit from a child process|ActorDiedError|The actor (?:is dead|died) unexpectedly|ActorHandleNotFoundError|WorkerCrashedError|Owner's node has crashed|RayTaskError\(|Executor \S+ .*terminated|Killing subprocess \d+|exits with return code = ))"},
     .confidence = 0.3,
     .next = "Read the worker's own error above it.",
     .why = "Serving engines, Ray and DeepSpeed's launcher know only that a worker is gone.",
     .matches = "RuntimeError: Engine core initialization failed. See root cause above. Failed "
                "core proc(s): {}",
     .near_miss = "INFO Initializing a V1 LLM engine",
     .source = "vllm-project/vllm vllm/v1/engine/utils.py; ray-project/ray "
               "python/ray/exceptions.py; deepspeedai/DeepSpeed launcher/launch.py"},
    {.code = "WHY1317",
     .cls = Class::kStack,
     .role = Role::kSymptom,
     .title = "A worker ended with an arithmetic signal",
     .cause = "A worker ended with SIGFPE in native code: a library divided by zero, as some "
              "builds of cuBLAS do on GPUs that they do not know.",
     .all =
         {R"((?:exitcode: -8\b|Signal 8 \(SIGFPE\) received by PID|died with <Signals\.SIGFPE|Floating point exception))"},
     .confidence = 0.5,
     .next = "Update cuBLAS (nvidia-cublas) and PyTorch to releases that list this GPU; "
             "PYTHONFAULTHANDLER=1 shows the call.",
     .fields = {"host.versions.cuda"},
     .why = "Python and PyTorch raise exceptions for arithmetic; the signal comes from a compiled "
            "library.",
     .matches = "torch.distributed.elastic.multiprocessing.api: [ERROR] failed (exitcode: -8) "
                "local_rank: 0 (pid: 69053) of binary: /root/miniconda3/bin/python",
     .near_miss = "torch.distributed.elastic.multiprocessing.api: [ERROR] failed (exitcode: -9) "
                  "local_rank: 0 (pid: 69053) of binary: /root/miniconda3/bin/python",
     .source = "pytorch/pytorch v2.6 torch/distributed/elastic/multiprocessing/errors/__init__.py"},
};

}  // namespace

std::span<const Signature> TorchElasticSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
