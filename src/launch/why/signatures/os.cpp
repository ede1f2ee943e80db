// The operating system
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures
        [] =
            {
                {.code = "WHY1901",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "The disk is full",
                 .cause = "A file system is full.",
                 .all =
                     {R"((?:No space left on device|\[Errno 28\]|\bENOSPC\b|PytorchStreamWriter failed writing file|enforce fail at inline_container\.cc.*(?:unexpected pos|fstream is bad)))"},
                 .none = {"failed to extend /dev/shm", "shared memory segment",
                          "(?i)unable to (?:open|allocate|write to) .*(?:shared memory|/torch_)",
                          "/dev/shm"},
                 .confidence = 0.9,
                 .next = "Free space where the message points (checkpoints, caches, /tmp), or move "
                         "caches and checkpoints elsewhere; df -h and df -i show space and inodes.",
                 .fields = {"host.paths"},
                 .why = "Checkpoints, compile caches and logs fill disks. A partly written "
                        "checkpoint must not be used to resume.",
                 .matches =
                     "OSError: [Errno 28] No space left on device: '/ckpt/iter_0001000/model.pt'",
                 .near_miss = "RuntimeError: unable to write to file </torch_99_1_0>: No space "
                              "left on device (28)",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno-base.h (ENOSPC); "
                           "pytorch/pytorch v2.6 caffe2/serialize/inline_container.cc"},
                {.code = "WHY1902",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "The user's quota is used up",
                 .cause = "The quota of the user or project is used up.",
                 .all = {R"((?:[Dd]isk quota exceeded|\[Errno 122\]|EDQUOT))"},
                 .confidence = 0.85,
                 .next = "Remove old checkpoints and caches, or move them out of the home "
                         "directory (HF_HOME, TRITON_CACHE_DIR).",
                 .fields = {"host.paths"},
                 .why = "Home directories of clusters are small; caches of compilers and model "
                        "hubs land there by default.",
                 .matches = "OSError: [Errno 122] Disk quota exceeded: '/home/u/.cache/x'",
                 .near_miss = "OSError: [Errno 28] No space left on device",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno.h (EDQUOT)"},
                {.code = "WHY1903",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Shared memory too small",
                 .cause = "Shared memory (/dev/shm) is too small for what the workers exchange.",
                 .all =
                     {R"((?:is killed by signal: Bus error|dataloader's workers are out of shared memory|insufficient shared memory \(shm\)|unable to (?:open|write to|allocate|resize) (?:file |shared memory )?.*(?:/torch_|shared memory).*(?:No space left|Cannot allocate|File exists)|No space left on device.*/dev/shm|/dev/shm.*No space left on device|ERROR: Unexpected bus error encountered in worker))"},
                 .confidence = 0.85,
                 .next = "Enlarge /dev/shm (--shm-size=16g or --ipc=host, an emptyDir with medium "
                         "Memory on Kubernetes), or use fewer workers.",
                 .fields = {"host.machine"},
                 .why = "Data-loader workers hand tensors over in /dev/shm, of which containers "
                        "get 64 MiB.",
                 .matches =
                     "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Bus error. "
                     "It is possible that dataloader's workers are out of shared memory.",
                 .near_miss = "RuntimeError: DataLoader worker (pid 4711) is killed by signal: "
                              "Segmentation fault.",
                 .source = "pytorch/pytorch v2.6 torch/csrc/DataLoader.cpp, "
                           "aten/src/ATen/MapAllocator.cpp"},
                {.code = "WHY1904",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "The kernel's out-of-memory killer",
                 .cause = "The kernel killed process {1} because the machine had no memory left.",
                 .all = {R"(Out of memory: Kill(?:ed)? process (\d+ ?\([^)]*\)?))"},
                 .confidence = 0.85,
                 .next = "Use less host memory a node: fewer workers, one rank reading the "
                         "checkpoint, no pinned copies; or ask for a larger machine.",
                 .fields = {"host.machine", "policy.data"},
                 .why = "Every local rank multiplies what the program keeps in host memory.",
                 .matches = "[99.1] Out of memory: Killed process 4711 (python) "
                            "total-vm:912345678kB, anon-rss:512345678kB",
                 .near_miss = "RuntimeError: CUDA error: out of memory",
                 .source = "torvalds/linux v6.1 mm/oom_kill.c (__oom_kill_process)"},
                {.code = "WHY1905",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "A data-loader worker was killed",
                 .cause = "A data-loader worker was killed, as the out-of-memory killer does.",
                 .all = {R"(DataLoader worker \(pid\S* ?\d+\) is killed by signal: Killed)"},
                 .confidence = 0.75,
                 .next = "Look at dmesg; use fewer workers or less prefetching, or raise the "
                         "memory of job or container.",
                 .fields = {"host.machine", "policy.data"},
                 .why = "Workers copy what they touch; many workers on many ranks exhaust host "
                        "memory.",
                 .matches =
                     "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed.",
                 .near_miss =
                     "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Bus error.",
                 .source = "pytorch/pytorch v2.6 torch/csrc/DataLoader.cpp"},
                {.code = "WHY1906",
                 .cls = Class::kUnknown,
                 .role = Role::kSymptom,
                 .title = "A data-loader worker ended",
                 .cause = "A data-loader worker ended unexpectedly.",
                 .all =
                     {R"((?:DataLoader worker \(pid\(s\) [\d, ]+\) exited unexpectedly|DataLoader worker \(pid\S* ?\d+\) is killed by signal: (?:Segmentation fault|Aborted)))"},
                 .confidence = 0.35,
                 .next = "Run with num_workers=0 to see its error, and look at dmesg for a kill.",
                 .why = "The worker's own error, if it had time for one, is above.",
                 .matches = "RuntimeError: DataLoader worker (pid(s) 4711) exited unexpectedly",
                 .near_miss =
                     "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed.",
                 .source = "pytorch/pytorch v2.6 torch/utils/data/dataloader.py"},
                {.code = "WHY1907",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Host memory is used up",
                 .cause = "The machine refused memory to the process.",
                 .all =
                     {R"((?:\[Errno 12\] Cannot allocate memory|DefaultCPUAllocator: (?:can't allocate memory|not enough memory)|std::bad_alloc|^MemoryError\b|numpy\.core\._exceptions\._?ArrayMemoryError|Unable to allocate .* for an array with shape|fork: Cannot allocate memory|mmap.*: Cannot allocate memory))"},
                 .none = {R"(\[Errno 28\])"},
                 .confidence = 0.75,
                 .next = "Load less at once on each rank (mmap, one reader a node), fewer workers, "
                         "or a machine with more memory.",
                 .fields = {"host.machine", "policy.data"},
                 .why = "Allocation of host memory failed: the machine, the container's limit or "
                        "the address-space limit.",
                 .matches = "RuntimeError: [enforce fail at alloc_cpu.cpp:117] err == 0. "
                            "DefaultCPUAllocator: can't allocate memory: you tried to allocate "
                            "68719476736 bytes. Error code 12 (Cannot allocate memory)",
                 .near_miss = "torch.OutOfMemoryError: CUDA out of memory.",
                 .source = "pytorch/pytorch v2.6 c10/core/impl/alloc_cpu.cpp"},
                {.code = "WHY1908",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Pinned memory cannot be had",
                 .cause = "The machine refused page-locked host memory.",
                 .all =
                     {R"((?:cudaHostAlloc\S*.*(?:out of memory|failed)|pin_memory.*(?:out of memory|CUDA error)|cudaHostRegister.*(?:out of memory|failed)|Failed to CUDA host alloc))"},
                 .confidence = 0.75,
                 .next = "Pin less (data loader, offload buffers, checkpoint staging), or raise "
                         "the limit of locked memory.",
                 .fields = {"policy.optimizer.cpu_offload", "host.machine"},
                 .why = "Page-locked memory cannot be swapped and is limited by memory of the "
                        "host, by cgroup and memlock limits.",
                 .matches = "RuntimeError: cudaHostAlloc failed: out of memory",
                 .near_miss = "torch.OutOfMemoryError: CUDA out of memory.",
                 .source = "pytorch/pytorch v2.6 aten/src/ATen/cuda/CachingHostAllocator.cpp"},
                {.code = "WHY1909",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Too many open files",
                 .cause = "The process reached its limit of open files.",
                 .all =
                     {R"((?:[Tt]oo many open files|\[Errno 24\]|received 0 items of ancdata|\bEMFILE\b))"},
                 .confidence = 0.85,
                 .next = "Raise ulimit -n (65536 or more) for the process, or set "
                         "torch.multiprocessing.set_sharing_strategy(\"file_system\").",
                 .fields = {"host.machine"},
                 .why = "Shards, sockets of many ranks and tensors handed over by descriptors add "
                        "up; the default limit is 1024.",
                 .matches = "OSError: [Errno 24] Too many open files: '/data/shard-00012.bin'",
                 .near_miss =
                     "OSError: [Errno 2] No such file or directory: '/data/shard-00012.bin'",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno-base.h (EMFILE); "
                           "cpython 3.12 Lib/multiprocessing/reduction.py"},
                {.code = "WHY1910",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Too many processes or threads",
                 .cause = "The machine refused a new thread or process.",
                 .all =
                     {R"((?:can't start new thread|pthread_create failed|BlockingIOError: \[Errno 11\]|fork: (?:retry: )?Resource temporarily unavailable|libgomp: Thread creation failed|Thread creation failed: Resource|OpenBLAS blas_thread_init|std::system_error.*Resource temporarily unavailable|what\(\):\s+Resource temporarily unavailable))"},
                 .confidence = 0.8,
                 .next = "Raise ulimit -u and the pids limit of the container, and set "
                         "OMP_NUM_THREADS.",
                 .fields = {"host.machine", "policy.environment.OMP_NUM_THREADS"},
                 .why = "Ranks times workers times threads reach the limit of the user or of the "
                        "container's pids cgroup.",
                 .matches = "RuntimeError: can't start new thread",
                 .near_miss = "RuntimeError: CUDA error: too many resources requested for launch",
                 .source = "cpython 3.12 Modules/_threadmodule.c; OpenMathLib/OpenBLAS "
                           "driver/others/blas_server.c"},
                {.code = "WHY1911",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "The disk or file system failed",
                 .cause = "Reading or writing a file failed below the file system ({1}).",
                 .all = {R"((Input/output error|\[Errno 5\]|[Ss]tale (?:NFS )?file handle|\[Errno 116\]|Read-only file system|\[Errno 30\]|(?:Error|cannot|ls:|df:|stat).*Transport endpoint is not connected|\[Errno 107\]|Cannot send after transport endpoint shutdown|\[Errno 108\]|blk_update_request: (?:I/O|critical medium) error|EXT4-fs error|XFS \(\S+\): (?:Corruption|metadata I/O error)|LustreError: .*evicted|nvme\S*: (?:I/O .* timeout|controller is down)|Remote I/O error|nfs: server \S+ not responding))"},
                 .confidence = 0.85,
                 .next = "Look at dmesg and the storage's state on that node; restart from a "
                         "checkpoint that verifies.",
                 .fields = {"host.paths", "host.datasets"},
                 .why = "Disks, network file systems and their clients fail this way.",
                 .matches = "OSError: [Errno 5] Input/output error: '/mnt/lustre/data/x.bin'",
                 .near_miss =
                     "OSError: [Errno 2] No such file or directory: '/mnt/lustre/data/x.bin'",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno-base.h (EIO, "
                           "EROFS), errno.h (ESTALE, ENOTCONN)"},
                {.code = "WHY1912",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "A port is in use",
                 .cause = "A port that the program wants to listen at is taken.",
                 .all =
                     {R"((?:OSError: \[Errno 98\]|[Aa]ddress already in use|error while attempting to bind on address))"},
                 .confidence = 0.75,
                 .next = "Choose another port, or end the process that holds it (ss -ltnp).",
                 .fields = {"host.network.master_port"},
                 .why = "Another run or service on the host listens there.",
                 .matches = "OSError: [Errno 98] Address already in use",
                 .near_miss = "OSError: [Errno 99] Cannot assign requested address",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno.h (EADDRINUSE)"},
                {.code = "WHY1913",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "An address that this host does not have",
                 .cause =
                     "The program was told to listen at an address that this host does not have.",
                 .all = {R"((?:Cannot assign requested address|\[Errno 99\]))"},
                 .confidence = 0.65,
                 .next =
                     "Let the process with rank 0 run on the host whose address MASTER_ADDR is.",
                 .fields = {"host.network.master_addr"},
                 .why = "A host can bind its own addresses only.",
                 .matches = "OSError: [Errno 99] Cannot assign requested address",
                 .near_miss = "OSError: [Errno 98] Address already in use",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno.h (EADDRNOTAVAIL)"},
                {.code = "WHY1914",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "No permission for a path",
                 .cause = "The process may not use {1}.",
                 .all = {R"(PermissionError: \[Errno 13\] Permission denied: '([^']+)')"},
                 .confidence = 0.55,
                 .next = "Point caches and outputs at directories that this user owns "
                         "(TRITON_CACHE_DIR, HF_HOME, checkpoint path), or correct the owner.",
                 .fields = {"host.paths"},
                 .why = "A shared cache that belongs to another user, or a directory made by a "
                        "container's root.",
                 .matches = "PermissionError: [Errno 13] Permission denied: '/tmp/triton/abc'",
                 .near_miss =
                     "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/triton/abc'",
                 .source = "torvalds/linux v6.1 include/uapi/asm-generic/errno-base.h (EACCES)"},
                {.code = "WHY1915",
                 .cls = Class::kStack,
                 .role = Role::kRoot,
                 .title = "An instruction that this processor lacks",
                 .cause = "The program uses an instruction that this processor does not have.",
                 .all =
                     {R"((?:Illegal instruction|exitcode: -4\b|Signal 4 \(SIGILL\)|trap invalid opcode|CPU ISA level is lower than required|Fatal glibc error: CPU does not support))"},
                 .none = {"CUDA error"},
                 .confidence = 0.75,
                 .next = "Install builds for this processor, or rebuild without -march=native.",
                 .fields = {"host.machine"},
                 .why = "Extensions that were compiled with -march=native on a newer machine, or "
                        "wheels that need AVX-512 or AVX2.",
                 .matches = "Illegal instruction (core dumped)",
                 .near_miss = "RuntimeError: CUDA error: an illegal instruction was encountered",
                 .source = "torvalds/linux v6.1 arch/x86/kernel/traps.c; glibc 2.36 "
                           "sysdeps/x86/cpu-features"},
                {.code = "WHY1916",
                 .cls = Class::kUnknown,
                 .role = Role::kSymptom,
                 .title = "A crash in native code",
                 .cause = "The process crashed in native code.",
                 .all =
                     {R"((?:Segmentation fault|Fatal Python error: (?:Segmentation fault|Aborted)|\*\*\* Process received signal \*\*\*|segfault at [0-9a-f]+ ip|double free or corruption|free\(\): invalid (?:pointer|size)|malloc\(\): |munmap_chunk\(\): invalid pointer|corrupted size vs\. prev_size|Caught signal 11))"},
                 .confidence = 0.35,
                 .next = "Run with PYTHONFAULTHANDLER=1 for the call; suspect extensions built for "
                         "other versions.",
                 .why = "A crash names no reason by itself.",
                 .matches = "Fatal Python error: Segmentation fault",
                 .near_miss =
                     "RuntimeError: DataLoader worker (pid 4711) is killed by signal: Killed.",
                 .source = "cpython 3.12 Modules/faulthandler.c; glibc 2.36 malloc/malloc.c"},
                {.code = "WHY1917",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Locked memory or huge pages are limited",
                 .cause = "A limit of the host on locked memory or huge pages was reached.",
                 .all =
                     {R"((?:RLIMIT_MEMLOCK.*(?:fail|small|low|limit of)|mlock(?:all)?\S* failed|hugepages? .*(?:not available|exhausted|failed)|Failed to allocate hugepages))"},
                 .confidence = 0.7,
                 .next =
                     "Set memlock to unlimited for the service or container that starts the job.",
                 .fields = {"host.machine"},
                 .why = "Drivers and RDMA pin memory; the limit belongs to the session that starts "
                        "the process.",
                 .matches = "mlock failed: Cannot allocate memory",
                 .near_miss = "OSError: [Errno 12] Cannot allocate memory",
                 .source = "torvalds/linux v6.1 mm/mlock.c"},
                {.code = "WHY1918",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "The clock is wrong",
                 .cause = "The machine's clock is wrong: certificates or credentials are refused "
                          "for their time.",
                 .all = {"(?:certificate is not yet valid|certificate has "
                         "expired|RequestTimeTooSkewed|clock skew (?:detected|too great)|Rewound "
                         "credential|Expired credential)"},
                 .confidence = 0.65,
                 .next = "Synchronise the clocks of all nodes (chronyc tracking).",
                 .fields = {"host.machine"},
                 .why = "Credentials have times; nodes that differ by minutes refuse each other.",
                 .matches = "slurmd: error: Munge decode failed: Rewound credential",
                 .near_miss = "Munge decode succeeded",
                 .source = "dun/munge src/libmunge/strerror.c"},
                {.code = "WHY1919",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "A path of the launch does not exist",
                 .cause = "The launcher's script or program does not exist here ({1}).",
                 .all =
                     {R"((can't open file '[^']+': \[Errno 2\]|^(?:bash|sh|/bin/\S+): (?:line \d+: )?\S+: (?:command not found|No such file or directory)|env: '?[^':]+'?: No such file or directory))"},
                 .confidence = 0.6,
                 .next = "Give a path that exists on every node; relative paths count from the "
                         "directory of the launch.",
                 .fields = {"host.paths"},
                 .why = "The interpreter or shell looked for the program in its own directory and "
                        "search path.",
                 .matches = "python: can't open file '/job/pretrain.py': [Errno 2] No such file or "
                            "directory",
                 .near_miss =
                     "FileNotFoundError: [Errno 2] No such file or directory: 'tokenizer.json'",
                 .source = "cpython 3.12 Modules/main.c; GNU bash 5.2 execute_cmd.c"},
                {.code = "WHY1920",
                 .cls = Class::kHost,
                 .role = Role::kRoot,
                 .title = "Ray ended a task for lack of host memory",
                 .cause = "Ray ended a worker because the node ran low on memory.",
                 .all =
                     {R"((?:Task was killed due to the node running low on memory|ray\.exceptions\.OutOfMemoryError|killed due to memory pressure|Memory on the node .* was .* which exceeds the memory usage threshold))"},
                 .confidence = 0.8,
                 .next = "Use less host memory a node, or raise RAY_memory_usage_threshold only "
                         "where the memory is really there.",
                 .fields = {"host.machine", "policy.data"},
                 .why = "Ray's own monitor acts before the kernel does.",
                 .matches = "ray.exceptions.OutOfMemoryError: Task was killed due to the node "
                            "running low on memory.",
                 .near_miss = "torch.OutOfMemoryError: CUDA out of memory.",
                 .source = "ray-project/ray src/ray/common/memory_monitor.cc"},
                {.code = "WHY1921",
                 .cls = Class::kPolicy,
                 .role = Role::kRoot,
                 .title = "Ray has no room for the request",
                 .cause = "Ray cannot place what was asked for: {1}.",
                 .all = {"(No available node types can fulfill resource request.*|Cannot provide a "
                         "placement group.*|The current node (?:has no GPU available|does not "
                         "have).*|placement group .*cannot be "
                         "(?:scheduled|fulfilled|created).*|number of required GPUs exceeds the "
                         "total number of available GPUs.*)"},
                 .confidence = 0.6,
                 .next = "Compare the asked GPUs with what ray status shows; all nodes must have "
                         "joined.",
                 .fields = {"policy.layout.world_size", "host.machine.nodes"},
                 .why = "The parallel sizes ask for more GPUs than the cluster that Ray sees.",
                 .matches = "ValueError: The number of required GPUs exceeds the total number of "
                            "available GPUs in the placement group.",
                 .near_miss = "INFO Placement group created",
                 .source = "ray-project/ray python/ray/util/placement_group.py; vllm-project/vllm "
                           "vllm/executor/ray_utils.py"},
                {.code = "WHY1922",
                 .cls = Class::kHost,
                 .role = Role::kSymptom,
                 .title = "Ray lost a worker",
                 .cause = "Ray reports that a worker process died without saying why: killed, "
                          "crashed, or its node is gone.",
                 .all = {"A worker died or was killed while executing a task by an unexpected "
                         "system error"},
                 .confidence = 0.5,
                 .next =
                     "Look at that worker's own log and at dmesg of its node: the out-of-memory "
                     "killer is the first suspect, a crash in native code the next.",
                 .fields = {"host.machine"},
                 .why = "The raylet sees the connection to its worker end.",
                 .matches = "(raylet) A worker died or was killed while executing a task by an "
                            "unexpected system error. To troubleshoot the problem, check the logs "
                            "for the dead worker.",
                 .near_miss = "(raylet) Spilled 1024 MiB",
                 .source = "ray-project/ray src/ray/raylet/worker_pool.cc, node_manager.cc"},
};

}  // namespace

std::span<const Signature> OsSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
