// The CUDA runtime and driver
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {.code = "WHY1401",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "A device number beyond the visible GPUs",
     .cause = "A rank selected a GPU number that this process does not see.",
     .all =
         {R"((?:invalid device ordinal|CUDA error 101\b|cudaErrorInvalidDevice\b|Invalid device id))"},
     .confidence = 0.85,
     .next = "Start as many local ranks as GPUs are visible, select the device by LOCAL_RANK, and "
             "look at CUDA_VISIBLE_DEVICES: with one visible GPU a process its number is 0.",
     .fields = {"host.machine.gpus_per_node", "policy.layout.world_size",
                "policy.environment.CUDA_VISIBLE_DEVICES"},
     .why = "Numbers of devices count the visible ones. More ranks than GPUs on a node, a global "
            "rank used as device number, or a scheduler that shows each task one GPU lead here.",
     .matches = "RuntimeError: CUDA error: invalid device ordinal",
     .near_miss = "RuntimeError: CUDA error: invalid argument",
     .source = "NVIDIA CUDA runtime 12, cudaErrorInvalidDevice = 101 (cudaGetErrorString); "
               "pytorch/pytorch v2.6 c10/cuda/CUDAFunctions.cpp"},
    {.code = "WHY1402",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "No CUDA device",
     .cause = "The process sees no CUDA device.",
     .all =
         {R"((?:no CUDA-capable device is detected|No CUDA GPUs are available|cudaErrorNoDevice\b|CUDA_ERROR_NO_DEVICE|No GPU found))"},
     .confidence = 0.75,
     .next = "Run nvidia-smi in the same container or task; pass the GPUs (--gpus all, "
             "--gres=gpu:N, resource limits) and look at CUDA_VISIBLE_DEVICES.",
     .fields = {"host.machine.gpus_per_node", "policy.environment.CUDA_VISIBLE_DEVICES"},
     .why = "The driver answered that no device is there for this process: a container or task "
            "without GPUs, an empty CUDA_VISIBLE_DEVICES, device files that are missing, or a "
            "failed GPU.",
     .matches = "RuntimeError: No CUDA GPUs are available",
     .near_miss = "RuntimeError: CUDA error: invalid device ordinal",
     .source = "NVIDIA CUDA runtime 12, cudaErrorNoDevice = 100; pytorch/pytorch v2.6 "
               "c10/cuda/CUDAFunctions.cpp"},
    {.code = "WHY1403",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "No NVIDIA driver",
     .cause = "There is no working NVIDIA driver in this environment.",
     .all =
         {R"((?:Found no NVIDIA driver on your system|couldn't communicate with the NVIDIA driver|libcuda\.so(?:\.1)?: cannot open shared object file|NVIDIA driver is not loaded|CUDA_ERROR_STUB_LIBRARY|CUDA driver is a stub library))"},
     .confidence = 0.85,
     .next =
         "Install or load the driver on the node, and start the container with the NVIDIA runtime.",
     .fields = {"host.versions.driver"},
     .why = "libcuda.so.1 belongs to the driver and comes from the host, never from an image.",
     .matches = "RuntimeError: Found no NVIDIA driver on your system. Please check that you have "
                "an NVIDIA GPU and installed a driver",
     .near_miss =
         "RuntimeError: The NVIDIA driver on your system is too old (found version 11040).",
     .source =
         "pytorch/pytorch v2.6 torch/csrc/cuda/Module.cpp, torch/cuda/__init__.py (_check_driver)"},
    {.code = "WHY1404",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "GPUs busy or in exclusive mode",
     .cause = "All GPUs are busy or unavailable: another process holds them in exclusive mode, or "
              "they are in a bad state.",
     .all =
         {R"((?:CUDA-capable device\S* (?:are|is/are) busy or unavailable|cudaErrorDevicesUnavailable|in exclusive-process mode|CUDA_ERROR_DEVICE_UNAVAILABLE))"},
     .confidence = 0.85,
     .next = "Look at nvidia-smi for other processes and for the compute mode; end leftovers or "
             "reset the GPU.",
     .fields = {"host.machine"},
     .why = "Exclusive compute mode admits one process a GPU. Leftover processes and MPS daemons "
            "that died also leave a device unavailable.",
     .matches = "RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable",
     .near_miss = "RuntimeError: CUDA error: out of memory",
     .source = "NVIDIA CUDA runtime 12, cudaErrorDevicesUnavailable = 46"},
    {.code = "WHY1405",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The NVSwitch fabric is not up",
     .cause = "CUDA is not initialised on this NVSwitch machine: the fabric manager does not run "
              "or does not fit the driver.",
     .all = {"(?:Error 802: system not yet initialized|system not yet "
             "initialized|cudaErrorSystemNotReady|CUDA_ERROR_SYSTEM_NOT_READY)"},
     .confidence = 0.9,
     .next = "Start nvidia-fabricmanager in exactly the driver's version and wait until nvidia-smi "
             "-q shows the Fabric state Completed.",
     .fields = {"host.versions.driver"},
     .why = "On machines with NVSwitches the driver refuses contexts until the fabric manager has "
            "programmed the switches.",
     .matches = "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not "
                "yet initialized",
     .near_miss = "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward "
                  "compatibility was attempted on non supported HW",
     .source = "NVIDIA CUDA runtime 12, cudaErrorSystemNotReady = 802"},
    {.code = "WHY1406",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "Driver libraries of two versions",
     .cause = "The CUDA libraries and the kernel driver do not fit each other ({1}).",
     .all = {"(Error 80[34]: [a-z ]+|forward compatibility was attempted on non supported "
             "HW|system has unsupported display driver / cuda driver "
             "combination|cudaErrorCompatNotSupportedOnDevice|cudaErrorSystemDriverMismatch)"},
     .confidence = 0.85,
     .next = "Reboot or reload the driver after an update, and take CUDA's compat directory off "
             "LD_LIBRARY_PATH on GPUs that do not support it.",
     .fields = {"host.versions.driver", "host.versions.cuda"},
     .why = "803 comes from a libcuda of another version than the kernel module, 804 from a "
            "forward-compatibility package on a GPU that does not allow it.",
     .matches = "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward "
                "compatibility was attempted on non supported HW",
     .near_miss = "RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 802: system not "
                  "yet initialized",
     .source = "NVIDIA CUDA runtime 12, cudaErrorSystemDriverMismatch = 803, "
               "cudaErrorCompatNotSupportedOnDevice = 804"},
    {.code = "WHY1407",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The CUDA driver does not start",
     .cause = "The CUDA driver failed to start in this environment.",
     .all =
         {R"((?:CUDA unknown error - this may be due to an incorrectly set up environment|Unexpected error from cudaGetDeviceCount\(\)\. Error (?:3|46|304|999)|CUDA error: unknown error|cuInit.*(?:unknown error|999)|Error 304: OS call failed))"},
     .confidence = 0.75,
     .next = "Look at dmesg for Xid and NVRM lines, check /dev/nvidia* and nvidia-uvm in the "
             "container, and reboot the node if nvidia-smi fails too.",
     .fields = {"host.machine"},
     .why = "The driver's own start failed: nvidia-uvm not loaded, device files missing, a GPU in "
            "a bad state, a driver updated below a running system.",
     .matches = "RuntimeError: CUDA unknown error - this may be due to an incorrectly set up "
                "environment, e.g. changing env variable CUDA_VISIBLE_DEVICES after program start.",
     .near_miss = "RuntimeError: CUDA error: invalid argument",
     .source = "pytorch/pytorch v2.6 c10/cuda/CUDAFunctions.cpp (device_count_impl); "
               "cudaErrorUnknown = 999, cudaErrorOperatingSystem = 304"},
    {.code = "WHY1408",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "Uncorrectable memory error of a GPU",
     .cause = "A GPU reported an uncorrectable memory (ECC) error.",
     .all =
         {"(?:uncorrectable ECC error|cudaErrorECCUncorrectable|CUDA_ERROR_ECC_UNCORRECTABLE|CUDA "
          "error: .*[Dd]ouble bit ECC)"},
     .confidence = 0.9,
     .next = "Take the node out, read nvidia-smi -q -d ECC,ROW_REMAPPER and dmesg, reset or "
             "replace the GPU; restart from the last checkpoint elsewhere.",
     .fields = {"host.machine"},
     .why = "A fault of the GPU's memory. Everything after it on other ranks is fallout.",
     .matches = "RuntimeError: CUDA error: uncorrectable ECC error encountered",
     .near_miss = "RuntimeError: CUDA error: an illegal memory access was encountered",
     .source = "NVIDIA CUDA runtime 12, cudaErrorECCUncorrectable = 214"},
    {.code = "WHY1409",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "Uncorrectable NVLink error",
     .cause = "A GPU reported an uncorrectable NVLink error.",
     .all = {"(?:uncorrectable NVLink "
             "error|cudaErrorNvlinkUncorrectable|CUDA_ERROR_NVLINK_UNCORRECTABLE|CUDA error: "
             "hardware (?:stack error|error)|cudaErrorHardwareStackError)"},
     .confidence = 0.9,
     .next = "Take the node out; look at nvidia-smi nvlink -e, at the fabric manager's log and at "
             "Xid 74 in dmesg.",
     .fields = {"host.machine"},
     .why = "A link between GPUs or to a switch failed while data moved over it.",
     .matches =
         "RuntimeError: CUDA error: uncorrectable NVLink error detected during the execution",
     .near_miss =
         "RuntimeError: CUDA error: peer access is not supported between these two devices",
     .source = "NVIDIA CUDA runtime 12, cudaErrorNvlinkUncorrectable = 220"},
    {.code = "WHY1410",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "The GPU or its context was lost",
     .cause = "The GPU stopped working under the process ({1}).",
     .all = {"(CUDA error: (?:the launch timed out and was terminated|device reset|context is "
             "destroyed|external device not currently connected|Invalid access of peer GPU memory "
             "over nvlink or a hardware error|driver shutting down|MPS "
             ".*)|cudaErrorLaunchTimeout|cudaErrorContained|cudaErrorTensorMemoryLeak)"},
     .confidence = 0.85,
     .next = "Read dmesg for Xid lines of that time; reset the GPU or take the node out.",
     .fields = {"host.machine"},
     .why = "The driver ended the context. The reason is in the kernel's log.",
     .matches = "RuntimeError: CUDA error: the launch timed out and was terminated",
     .near_miss = "RuntimeError: CUDA error: unspecified launch failure",
     .source = "NVIDIA CUDA runtime 12, cudaErrorLaunchTimeout = 702, cudaErrorContained = 721"},
    {.code = "WHY1411",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "No kernels for this GPU",
     .cause = "The program has no kernels for this GPU's architecture.",
     .all = {"(?:no kernel image is available for execution on the "
             "device|cudaErrorNoKernelImageForDevice|CUDA_ERROR_NO_BINARY_FOR_GPU|device kernel "
             "image is invalid|cudaErrorInvalidKernelImage|is not compatible with the current "
             "PyTorch installation|no binary for gpu)"},
     .confidence = 0.9,
     .next = "Install a build that lists this compute capability (torch.cuda.get_arch_list()), or "
             "rebuild the extension with TORCH_CUDA_ARCH_LIST for it.",
     .fields = {"host.versions.pytorch", "host.machine.gpu_architecture"},
     .why = "Binaries carry machine code for the architectures that they were built for. A newer "
            "GPU, or one left out of an extension's build, finds none.",
     .matches =
         "RuntimeError: CUDA error: no kernel image is available for execution on the device",
     .near_miss = "RuntimeError: CUDA error: invalid configuration argument",
     .source = "NVIDIA CUDA runtime 12, cudaErrorNoKernelImageForDevice = 209; pytorch/pytorch "
               "v2.6 torch/cuda/__init__.py (_check_capability)"},
    {.code = "WHY1412",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "The driver is too old for this CUDA",
     .cause = "The NVIDIA driver is older than the CUDA runtime needs.",
     .all = {"(?:CUDA driver version is insufficient for CUDA runtime version|NVIDIA driver on "
             "your system is too old|cudaErrorInsufficientDriver|the provided PTX was compiled "
             "with an unsupported "
             "toolchain|CUDA_ERROR_UNSUPPORTED_PTX_VERSION|cudaErrorUnsupportedPtxVersion|"
             "cudaErrorCallRequiresNewerDriver|API call is not supported in the installed CUDA "
             "driver)"},
     .confidence = 0.85,
     .next = "Update the driver, or install builds for the CUDA version that nvidia-smi shows.",
     .fields = {"host.versions.driver", "host.versions.cuda"},
     .why = "A driver serves runtimes up to its own CUDA version. Code that is compiled at run "
            "time needs a driver as new as the compiler.",
     .matches = "RuntimeError: The NVIDIA driver on your system is too old (found version 11040). "
                "Please update your GPU driver",
     .near_miss = "RuntimeError: Found no NVIDIA driver on your system.",
     .source = "NVIDIA CUDA runtime 12, cudaErrorInsufficientDriver = 35, "
               "cudaErrorUnsupportedPtxVersion = 222"},
    {.code = "WHY1413",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "A symbol missing on the device",
     .cause = "A CUDA symbol or kernel is missing in the loaded module: parts of the program were "
              "built by different toolkits.",
     .all =
         {"(?:CUDA error: named symbol not found|cudaErrorSymbolNotFound|CUDA_ERROR_NOT_FOUND|CUDA "
          "error: invalid device function|cudaErrorInvalidDeviceFunction|a PTX JIT compilation "
          "failed|CUDA_ERROR_INVALID_PTX)"},
     .confidence = 0.6,
     .next =
         "Rebuild the extension with the toolkit of this PyTorch and for this GPU's architecture.",
     .fields = {"host.versions.cuda"},
     .why = "An extension compiled for other architectures or by another toolkit loads and lacks "
            "what it calls.",
     .matches = "RuntimeError: CUDA error: invalid device function",
     .near_miss = "RuntimeError: CUDA error: invalid device ordinal",
     .source = "NVIDIA CUDA runtime 12, cudaErrorInvalidDeviceFunction = 98, "
               "cudaErrorSymbolNotFound = 500"},
    {.code = "WHY1414",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "CUDA used before a fork",
     .cause = "The program used CUDA and then forked: the child cannot.",
     .all = {"(?:Cannot re-initialize CUDA in forked subprocess|CUDA error: initialization error)"},
     .confidence = 0.85,
     .next = "Start workers with the spawn or forkserver method, and touch no GPU before them.",
     .why = "A CUDA context does not survive fork. Data-loader workers that make GPU tensors are "
            "the usual case.",
     .matches = "RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with "
                "multiprocessing, you must use the 'spawn' start method",
     .near_miss = "RuntimeError: CUDA error: system not yet initialized",
     .source = "pytorch/pytorch v2.6 torch/cuda/__init__.py (_lazy_init); "
               "cudaErrorInitializationError = 3"},
    {.code = "WHY1415",
     .cls = Class::kData,
     .role = Role::kRoot,
     .title = "An index outside its table",
     .cause = "A GPU assertion about an index failed: an index, such as a token or a label, lies "
              "outside its table.",
     .all =
         {R"((?:Assertion `(?:srcIndex < srcSelectDimSize|t >= 0 && t < n_classes|idx_dim >= 0 && idx_dim < index_size|-sizes\[i\] <= index && index < sizes\[i\]|index >= -sizes\[i\] && index < sizes\[i\]|ind >= 0 && ind < ind_dim_size|index out of bounds|idx >= 0 && idx < num_indices)|indexSelect(?:Large|Small)Index|vectorized_gather_kernel|nll_loss_forward_reduce_cuda_kernel.*Assertion))"},
     .confidence = 0.6,
     .next = "Compare the largest token and label with the vocabulary of the embedding (padded "
             "vocabulary, tokenizer of the data set); CUDA_LAUNCH_BLOCKING=1 names the call.",
     .fields = {"recipe.vocabulary", "policy.data.dataset"},
     .why = "Lookups check their indices on the device. Data prepared by another tokenizer, added "
            "tokens without a resized embedding, or a label of -1 lead here.",
     .matches = "../aten/src/ATen/native/cuda/Indexing.cu:1290: indexSelectLargeIndex: block: "
                "[57,0,0], thread: [64,0,0] Assertion `srcIndex < srcSelectDimSize` failed.",
     .near_miss = "RuntimeError: CUDA error: device-side assert triggered",
     .source = "pytorch/pytorch v2.6 aten/src/ATen/native/cuda/Indexing.cu, Loss.cu, "
               "ScatterGatherKernel.cu"},
    {.code = "WHY1416",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "Probabilities that are none",
     .cause = "Sampling got probabilities that are negative, infinite or not numbers.",
     .all = {"(?:Assertion `probability_tensor|probability tensor contains either `inf`, "
             "`nan`|Assertion `(?:input_val >= zero|target_val >= zero))"},
     .confidence = 0.55,
     .next = "Look for NaN in the logits before sampling; try fp32 or bf16 instead of fp16.",
     .fields = {"policy.precision.compute"},
     .why = "Non-finite logits reach the sampler; the model or its precision made them.",
     .matches = "RuntimeError: probability tensor contains either `inf`, `nan` or element < 0",
     .near_miss = "RuntimeError: CUDA error: device-side assert triggered",
     .source = "pytorch/pytorch v2.6 aten/src/ATen/native/cuda/TensorCompare.cu, Distributions"},
    {.code = "WHY1417",
     .cls = Class::kCode,
     .role = Role::kSymptom,
     .title = "A device assertion failed",
     .cause =
         "An assertion in a GPU kernel failed; the message of the assertion is printed before it.",
     .all = {R"((?:device-side assert triggered|cudaErrorAssert\b))"},
     .confidence = 0.45,
     .next = "Find the line with \"Assertion\" above, or run once with CUDA_LAUNCH_BLOCKING=1.",
     .why = "The kernel checked its input. Most often it is an index out of range.",
     .matches = "RuntimeError: CUDA error: device-side assert triggered",
     .near_miss = "RuntimeError: CUDA error: misaligned address",
     .source = "NVIDIA CUDA runtime 12, cudaErrorAssert = 710"},
    {.code = "WHY1418",
     .cls = Class::kCode,
     .role = Role::kSymptom,
     .title = "Illegal memory access",
     .cause = "A GPU kernel read or wrote outside its memory.",
     .all = {"(?:an illegal memory access was "
             "encountered|cudaErrorIllegalAddress|CUDA_ERROR_ILLEGAL_ADDRESS|CUDA error: "
             "misaligned address|cudaErrorMisalignedAddress|CUDA error: an illegal instruction was "
             "encountered|CUDA error: invalid program counter|CUDA error: operation not supported "
             "on global/shared address space)"},
     .confidence = 0.45,
     .next = "Run compute-sanitizer or CUDA_LAUNCH_BLOCKING=1 to find the kernel; suspect custom "
             "kernels and graphs first.",
     .why = "The error is reported by whatever call comes next, so that the traceback is not the "
            "place. It also follows when another rank's exchange broke.",
     .matches = "RuntimeError: CUDA error: an illegal memory access was encountered",
     .near_miss = "RuntimeError: CUDA error: unspecified launch failure",
     .source = "NVIDIA CUDA runtime 12, cudaErrorIllegalAddress = 700"},
    {.code = "WHY1419",
     .cls = Class::kUnknown,
     .role = Role::kSymptom,
     .title = "A kernel failed",
     .cause = "A GPU kernel failed without a stated reason.",
     .all = {"(?:unspecified launch failure|cudaErrorLaunchFailure|CUDA_ERROR_LAUNCH_FAILED)"},
     .confidence = 0.35,
     .next = "Look at dmesg for Xid lines, then run with CUDA_LAUNCH_BLOCKING=1.",
     .fields = {"host.machine"},
     .why = "Either a fault of the kernel or of the GPU; the kernel's log tells them apart.",
     .matches = "RuntimeError: CUDA error: unspecified launch failure",
     .near_miss = "RuntimeError: CUDA error: an illegal memory access was encountered",
     .source = "NVIDIA CUDA runtime 12, cudaErrorLaunchFailure = 719"},
    {.code = "WHY1420",
     .cls = Class::kCode,
     .role = Role::kRoot,
     .title = "A kernel launched with an impossible shape",
     .cause =
         "A kernel was launched with a grid, block or shared memory that the GPU does not take.",
     .all = {"(?:CUDA error: (?:invalid configuration argument|too many resources requested for "
             "launch)|cudaErrorInvalidConfiguration|cudaErrorLaunchOutOfResources|CUDA_ERROR_"
             "LAUNCH_OUT_OF_RESOURCES)"},
     .confidence = 0.6,
     .next = "Find the kernel with CUDA_LAUNCH_BLOCKING=1: a dimension of zero or beyond 65535, or "
             "more registers than the GPU has.",
     .why = "Empty tensors (no token for an expert, a rank without samples) and very large "
            "dimensions make such launches.",
     .matches = "RuntimeError: CUDA error: invalid configuration argument",
     .near_miss = "RuntimeError: CUDA error: invalid argument",
     .source = "NVIDIA CUDA runtime 12, cudaErrorInvalidConfiguration = 9, "
               "cudaErrorLaunchOutOfResources = 701"},
    {.code = "WHY1421",
     .cls = Class::kHost,
     .role = Role::kRoot,
     .title = "GPUs without peer access",
     .cause = "Two GPUs of this host cannot access each other's memory.",
     .all = {"(?:peer access is not supported between these two "
             "devices|cudaErrorPeerAccessUnsupported|peer mapping resources "
             "exhausted|cudaErrorTooManyPeers)"},
     .confidence = 0.6,
     .next = "Check nvidia-smi topo -p2p r; set NCCL_P2P_DISABLE=1 or switch IOMMU and ACS off.",
     .fields = {"policy.environment.NCCL_P2P_DISABLE"},
     .why = "Consumer GPUs, virtual machines and some PCI layouts have no peer access.",
     .matches = "RuntimeError: CUDA error: peer access is not supported between these two devices",
     .near_miss =
         "RuntimeError: CUDA error: uncorrectable NVLink error detected during the execution",
     .source = "NVIDIA CUDA runtime 12, cudaErrorPeerAccessUnsupported = 217"},
    {.code = "WHY1422",
     .cls = Class::kPolicy,
     .role = Role::kSymptom,
     .title = "cuBLAS has no memory for its handle",
     .cause =
         "cuBLAS could not make its handle: the GPU is full, or the device is not this rank's.",
     .all = {"(?:CUBLAS_STATUS_NOT_INITIALIZED|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_"
             "FAILED|CUDNN_STATUS_NOT_INITIALIZED|CUSOLVER_STATUS_(?:ALLOC_FAILED|NOT_INITIALIZED)|"
             "cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling `cusolverDnCreate)"},
     .none = {"Assertion `"},
     .confidence = 0.55,
     .next = "Leave more memory free (micro batch, recomputation); if nvidia-smi shows plenty, "
             "check that library versions fit.",
     .fields = {"policy.batch.micro_batch_size", "policy.recompute.granularity"},
     .why = "Handles and workspaces are allocated outside PyTorch's pool at the first call. An "
            "index error before it can show the same status.",
     .matches = "RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling "
                "`cublasCreate(handle)`",
     .near_miss =
         "RuntimeError: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx`",
     .source = "pytorch/pytorch v2.6 aten/src/ATen/cuda/Exceptions.cpp, CublasHandlePool.cpp"},
    {.code = "WHY1423",
     .cls = Class::kStack,
     .role = Role::kSymptom,
     .title = "A CUDA library refuses or fails a call",
     .cause = "A CUDA library failed ({1}).",
     .all =
         {R"(((?:CUBLAS|cuBLAS|cuBLASLt|CUDNN|cuDNN|cudnn FE|CUSOLVER|NVRTC) Error: [^,;]*|CUBLAS_STATUS_(?:EXECUTION_FAILED|NOT_SUPPORTED|INTERNAL_ERROR|ARCH_MISMATCH|INVALID_VALUE)|CUDNN_STATUS_(?:EXECUTION_FAILED\w*|INTERNAL_ERROR\w*|NOT_SUPPORTED\w*|ARCH_MISMATCH|MAPPING_ERROR|BAD_PARAM\w*)))"},
     .none = {"Assertion `"},
     .confidence = 0.45,
     .next = "Check that one version each of cuBLAS and cuDNN is loaded (LD_LIBRARY_PATH hides the "
             "wheel's own), then the shapes and types of the call.",
     .fields = {"host.versions.cuda"},
     .why = "Libraries of a system installation that hide the wheel's are the most frequent "
            "reason; a shape or alignment that no kernel has is the next.",
     .matches = "RuntimeError: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling "
                "`cublasGemmEx( handle, opa, opb, m, n, k)`",
     .near_miss = "RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling "
                  "`cublasCreate(handle)`",
     .source = "pytorch/pytorch v2.6 aten/src/ATen/cuda/Exceptions.cpp"},
    {.code = "WHY1424",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "Parts of cuDNN of different versions",
     .cause = "cuDNN is not the one that PyTorch was built with.",
     .all =
         {R"((?:CUDNN_STATUS_(?:SUBLIBRARY_)?VERSION_MISMATCH|CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED|PyTorch was compiled\s+against \(?\d+|cuDNN version incompatibility|[Ll]oaded runtime CuDNN library: \S+ but source was compiled with|[Cc]ould not load library libcudnn\S*|Unable to load any of \{libcudnn))"},
     .confidence = 0.9,
     .next = "Take other cuDNN directories off LD_LIBRARY_PATH, or install the cudnn wheel that "
             "PyTorch asks for.",
     .fields = {"host.versions.cudnn"},
     .why = "cuDNN is several libraries that must be of one version.",
     .matches = "RuntimeError: cuDNN version incompatibility: PyTorch was compiled against (9, 1, "
                "0) but found runtime version (8, 9, 7).",
     .near_miss = "INFO cuDNN version 90100",
     .source = "pytorch/pytorch v2.6 torch/backends/cudnn/__init__.py (_init)"},
    {.code = "WHY1425",
     .cls = Class::kHost,
     .role = Role::kSymptom,
     .title = "A GPU cannot be shared between processes here",
     .cause = "CUDA refused an operation ({1}) that this machine, container or GPU partition does "
              "not support.",
     .all = {"(CUDA error: operation not supported|CUDA error: mapping of buffer object "
             "failed|CUDA error: invalid resource handle|cudaErrorMapBufferObjectFailed|CUDA "
             "error: OS call failed or operation not supported on this OS|pidfd_getfd.*Operation "
             "not permitted|CUDA error: operation not permitted$)"},
     .confidence = 0.5,
     .next = "Check MIG, vGPU and container limits (IPC and PID namespaces, SYS_PTRACE for "
             "pidfd_getfd); switch expandable segments or IPC off.",
     .fields = {"policy.environment.PYTORCH_CUDA_ALLOC_CONF"},
     .why = "Inter-process handles, virtual memory exports and multicast are missing on MIG "
            "slices, many virtual GPUs and WSL.",
     .matches = "RuntimeError: CUDA error: OS call failed or operation not supported on this OS",
     .near_miss = "RuntimeError: CUDA error: operation not permitted when stream is capturing",
     .source = "NVIDIA CUDA runtime 12, cudaErrorNotSupported = 801, "
               "cudaErrorMapBufferObjectFailed = 205, cudaErrorOperatingSystem = 304"},
    {.code = "WHY1426",
     .cls = Class::kStack,
     .role = Role::kRoot,
     .title = "PyTorch without CUDA",
     .cause = "A build of PyTorch without CUDA is installed.",
     .all =
         {R"((?:Torch not compiled with CUDA enabled|PyTorch was not compiled with CUDA|not compiled with GPU support|Attempting to deserialize object on a CUDA device but torch\.cuda\.is_available\(\) is False))"},
     .confidence = 0.9,
     .next = "Install the CUDA build for this platform from PyTorch's index.",
     .fields = {"host.versions.pytorch"},
     .why = "A resolver that finds no CUDA wheel for the platform or Python version takes the CPU "
            "one.",
     .matches = "AssertionError: Torch not compiled with CUDA enabled",
     .near_miss = "UserWarning: CUDA initialization: CUDA unknown error",
     .source = "pytorch/pytorch v2.6 torch/cuda/__init__.py (_lazy_init)"},
    {.code = "WHY1427",
     .cls = Class::kUnknown,
     .role = Role::kCascade,
     .title = "A note of PyTorch about CUDA errors",
     .cause = "PyTorch adds these lines to every CUDA error.",
     .all = {"(?:CUDA kernel errors might be asynchronously reported|For debugging consider "
             "passing CUDA_LAUNCH_BLOCKING=1|Compile with `TORCH_USE_CUDA_DSA`)"},
     .confidence = 0.3,
     .next = "Read the error above.",
     .why = "The lines say nothing about the reason.",
     .matches = "For debugging consider passing CUDA_LAUNCH_BLOCKING=1",
     .near_miss = "CUDA_LAUNCH_BLOCKING is set",
     .source = "pytorch/pytorch v2.6 c10/cuda/CUDAException.cpp"},
    {.code = "WHY1428",
     .cls = Class::kPolicy,
     .role = Role::kRoot,
     .title = "The driver has no memory left",
     .cause = "A call of the CUDA driver returned error 2: the GPU has no memory left.",
     .all =
         {R"((?:CUresult error\s+result=2\b|CUresult\S* ?[:=(]+ ?2\b|cuMem(?:Create|Alloc\w*)\S*.*(?:out of memory|CUDA_ERROR_OUT_OF_MEMORY)|Cuda failure 2\b))"},
     .confidence = 0.7,
     .next = "Take a smaller micro batch or recompute more, or give other users of the GPU in this "
             "process (inference engine, NCCL) less.",
     .fields = {"policy.batch.micro_batch_size", "policy.recompute.granularity"},
     .why = "Memory that is taken by the driver's own functions is not in PyTorch's account.",
     .matches = "[torch_memory_saver.cpp] CUresult error  result=2 "
                "file=csrc/torch_memory_saver.cpp func=cu_mem_create line=103",
     .near_miss =
         "[torch_memory_saver.cpp] CUresult error  result=201 file=csrc/torch_memory_saver.cpp",
     .source = "NVIDIA CUDA driver API 12, CUDA_ERROR_OUT_OF_MEMORY = 2"},
};

}  // namespace

std::span<const Signature> CudaSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
