// Versions and binary compatibility
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] =
    {
        {.code = "WHY2001",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A symbol that the loaded library lacks",
         .cause = "A compiled extension needs the symbol {1}, which the loaded libraries do not "
                  "have: it was built against other versions.",
         .all = {R"(undefined symbol: (\S+))"},
         .confidence = 0.9,
         .next = "Reinstall or rebuild the extension for the installed PyTorch, CUDA and Python "
                 "(pip install --no-build-isolation --force-reinstall).",
         .fields = {"host.versions.pytorch", "host.versions.cuda"},
         .why = "C++ symbols carry types and the ABI in their names. A wheel for another release "
                "of PyTorch, or of the other C++ ABI, asks for names that are not there.",
         .matches =
             "ImportError: /usr/lib/python3/flash_attn_2_cuda.cpython-312-x86_64-linux-gnu.so: "
             "undefined symbol: _ZN3c105ErrorC2ENS_14SourceLocationESs",
         .near_miss = "ImportError: libcudart.so.12: cannot open shared object file: No such file "
                      "or directory",
         .source = "glibc 2.36 elf/dl-lookup.c (undefined symbol)"},
        {.code = "WHY2002",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A library is missing",
         .cause = "The library {1} is not installed or not on the search path.",
         .all =
             {R"((?:^|Error: |libraries: |Exception: |dlopen: |what\(\): +|Could not load library \S* ?|Library |library )([^\s:]*\.so[0-9.]*)(?:: cannot open shared object file| is not found or cannot be loaded| not found$))"},
         .confidence = 0.8,
         .next = "Install the package that has it in the version asked for, or put its directory "
                 "on LD_LIBRARY_PATH.",
         .fields = {"host.versions.cuda"},
         .why = "The number in the name is the version: libcudart.so.11.0 belongs to CUDA 11, "
                "whatever else is installed.",
         .matches = "ImportError: libcudart.so.11.0: cannot open shared object file: No such file "
                    "or directory",
         .near_miss =
             "n1:1:1 [0] NCCL INFO NET/Plugin : dlerror=libnccl-net.so: cannot open shared object "
             "file: No such file or directory No plugin found, using internal implementation",
         .source = "glibc 2.36 elf/dl-load.c"},
        {.code = "WHY2003",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "The C or C++ library is too old",
         .cause = "A binary needs {1}, which this system's library does not have.",
         .all =
             {R"(version `?((?:GLIBC|GLIBCXX|CXXABI|GOMP|LIBSTDCXX|NVJITLINK|OPENSSL|MLX5|IBVERBS)_?\w*[0-9.]*)'? not found)"},
         .confidence = 0.9,
         .next = "Use a build for this distribution or a newer image; with conda put its libstdc++ "
                 "first.",
         .fields = {"host.versions"},
         .why = "Symbols are versioned. A binary from a newer distribution does not run on an "
                "older one.",
         .matches = "ImportError: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' "
                    "not found (required by /x/_C.so)",
         .near_miss = "INFO glibc version 2.36",
         .source = "glibc 2.36 elf/dl-version.c (_dl_check_map_versions)"},
        {.code = "WHY2004",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "No room for a library's static thread data",
         .cause = "A library could not be loaded because the room for static thread-local data is "
                  "used up.",
         .all = {"cannot allocate memory in static TLS block"},
         .confidence = 0.7,
         .next = "Load that library first (LD_PRELOAD), or raise "
                 "GLIBC_TUNABLES=glibc.rtld.optional_static_tls.",
         .fields = {"policy.environment.LD_PRELOAD"},
         .why = "The order of imports decides which libraries get the room.",
         .matches = "ImportError: /lib/libgomp.so.1: cannot allocate memory in static TLS block",
         .near_miss = "OSError: [Errno 12] Cannot allocate memory",
         .source = "glibc 2.36 elf/dl-reloc.c (_dl_allocate_static_tls)"},
        {.code = "WHY2005",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Extension and PyTorch of different CUDA versions",
         .cause = "The compiler's CUDA version and the one that PyTorch was built with differ.",
         .all =
             {R"((?:The detected CUDA version \(\S+\) mismatches the version that was used to compile|was compiled with CUDA (?:[Vv]ersion)?.*but .*CUDA|CUDA version \(?[\d.]+\)? .*does not match|Cuda extensions are being compiled with a version of Cuda that does not match|compiled with different CUDA major versions|Installed CUDA version \S+ does not match))"},
         .confidence = 0.9,
         .next = "Build with the CUDA toolkit that torch.version.cuda names, or install PyTorch "
                 "for this toolkit.",
         .fields = {"host.versions.cuda", "host.versions.pytorch"},
         .why = "Extensions share the runtime of PyTorch's wheel.",
         .matches =
             "RuntimeError: The detected CUDA version (11.8) mismatches the version that was used "
             "to compile PyTorch (12.4). Please make sure to use the same CUDA versions.",
         .near_miss =
             "RuntimeError: The NVIDIA driver on your system is too old (found version 11040).",
         .source = "pytorch/pytorch v2.6 torch/utils/cpp_extension.py (CUDA_MISMATCH_MESSAGE); "
                   "NVIDIA/apex setup.py"},
        {.code = "WHY2006",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "The compiler does not know this GPU",
         .cause = "The CUDA compiler or assembler does not know this GPU's architecture: {1}.",
         .all =
             {R"((Unsupported gpu architecture '[^']+'|Value '[^']+' is not defined for option 'gpu-name'|Unsupported \.version [\d.]+|Unsupported \.target '?[^'\s]+|not supported on \.target '\w+'|Unknown CUDA arch \([^)]+\)|is not a recognized processor for this target|PTX was compiled with an unsupported|LLVM ERROR: Cannot select: intrinsic %llvm\.nvvm))"},
         .confidence = 0.85,
         .next = "Install a newer CUDA toolkit (or point TRITON_PTXAS_PATH at its ptxas), or a "
                 "newer Triton and PyTorch.",
         .fields = {"host.versions.cuda", "host.versions.triton"},
         .why = "nvcc and ptxas know the architectures of their time. Triton brings its own ptxas.",
         .matches = "nvcc fatal   : Unsupported gpu architecture 'compute_120'",
         .near_miss = "nvcc warning : The 'compute_35' architectures are deprecated",
         .source = "NVIDIA CUDA nvcc and ptxas 12; triton-lang/triton "
                   "third_party/nvidia/backend/compiler.py; pytorch/pytorch v2.6 "
                   "torch/utils/cpp_extension.py"},
        {.code = "WHY2007",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "The compiler of the host does not fit",
         .cause = "The host's C++ compiler does not fit this CUDA or PyTorch.",
         .all =
             {R"((?:unsupported GNU version!|unsupported clang version|You need C\+\+17 to compile PyTorch|requires a compiler with c\+\+17|Your compiler \(\S+\) is not compatible with the compiler Pytorch was built with|error: parameter packs not expanded with))"},
         .confidence = 0.8,
         .next = "Use a compiler that the CUDA release notes list (CC, CXX and "
                 "NVCC_PREPEND_FLAGS=-ccbin).",
         .fields = {"host.versions"},
         .why = "nvcc takes host compilers up to a version.",
         .matches = "/usr/local/cuda/include/crt/host_config.h:143:2: error: #error -- unsupported "
                    "GNU version! gcc versions later than 12 are not supported!",
         .near_miss = "gcc (Debian 12.2.0-14) 12.2.0",
         .source =
             "NVIDIA CUDA 12 crt/host_config.h; pytorch/pytorch v2.6 torch/utils/cpp_extension.py"},
        {.code = "WHY2008",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A build tool is missing",
         .cause = "An extension must be compiled here and {1} is missing.",
         .all =
             {R"((CUDA_HOME environment variable is not set|Ninja is required to load C\+\+ extensions|nvcc was not found|Failed to find C compiler|fatal error: (?:Python\.h|cuda\w*\.h|cudnn\w*\.h|nccl\.h|cublas\w*\.h|cusparse\.h|cusolver\w*\.h|nvtx3/\S+|cutlass/\S+)|/usr/bin/ld: cannot find -l(?:cuda|cudart|stdc\+\+)|No such file or directory: '[^']*(?:nvcc|ptxas|gcc|ninja|cicc)'|Failed to find nvcc|Compiler requires the CUDA toolkit|Could not find CUD(?:A|NN)(?:_HOME|_INCLUDE_DIR| toolkit| installation)))"},
         .confidence = 0.75,
         .next = "Install the development packages (cuda toolkit, python3-dev, ninja, a compiler) "
                 "in the image, or take a prebuilt wheel.",
         .fields = {"host.versions", "host.paths"},
         .why = "Some packages compile at installation or at first use. A runtime image has no "
                "compiler.",
         .matches = "OSError: CUDA_HOME environment variable is not set. Please set it to your "
                    "CUDA install root.",
         .near_miss = "INFO CUDA_HOME=/usr/local/cuda",
         .source = "pytorch/pytorch v2.6 torch/utils/cpp_extension.py; triton-lang/triton "
                   "python/triton/runtime/build.py"},
        {.code = "WHY2009",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "An extension does not build",
         .cause = "Compiling an extension failed.",
         .all =
             {R"((?:Error building extension '|error: command '\S*nvcc' failed|Error compiling objects for extension|ERROR: Failed building wheel for |Could not build wheels for ))"},
         .confidence = 0.7,
         .next = "Read the first compiler error above; the versions of toolkit, compiler and "
                 "PyTorch are the usual reason.",
         .fields = {"host.versions"},
         .why = "The first error of the compiler names what is missing or what does not fit.",
         .matches = "RuntimeError: Error building extension 'fused_adam'",
         .near_miss = "Loading extension module fused_adam...",
         .source = "pytorch/pytorch v2.6 torch/utils/cpp_extension.py (_run_ninja_build)"},
        {.code = "WHY2010",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "NumPy of another binary interface",
         .cause = "An extension was compiled for another NumPy.",
         .all = {R"((?:numpy\.(?:dtype|ndarray|ufunc) size changed|compiled using NumPy 1\.x cannot be run in|numpy\.core\.multiarray failed to import|compiled against API version|_ARRAY_API not found|module 'numpy' has no attribute '(?:bool|object|int|float|complex|str|product|typeDict|bool8|unicode_|string_|Inf|NaN|NAN|in1d|trapz|row_stack)'|`?np\.\w+`? was removed in the NumPy))"},
         .confidence = 0.85,
         .next = "Pin numpy<2 for old extensions, or update them.",
         .fields = {"host.versions"},
         .why = "NumPy 2 changed its binary interface; names removed since 1.20 break older Python "
                "code.",
         .matches = "ValueError: numpy.dtype size changed, may indicate binary incompatibility. "
                    "Expected 96 from C header, got 88 from PyObject",
         .near_miss = "UserWarning: Failed to initialize NumPy",
         .source = "numpy/numpy v2.0 numpy/__init__.cython-30.pxd, numpy/_core/src/multiarray"},
        {.code = "WHY2011",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Operators of another PyTorch build",
         .cause = "An operator is missing or registered twice: an extension of PyTorch was built "
                  "for another version.",
         .all =
             {R"((?:operator \S+::\S+ does not exist|Couldn't load custom C\+\+ ops|No such operator \S+::|object has no attribute '_?\w*(?:fwd|bwd|varlen)\w*'.*torch\.ops|'_OpNamespace' '\w+' object has no attribute|Tried to register an operator .* multiple times|Only a single TORCH_LIBRARY can be used|Couldn't find .* in torch\.ops|PyTorch and torchvision were compiled with|PyTorch has CUDA (?:[Vv]ersion)? ?\S+ and torch(?:vision|audio) has))"},
         .confidence = 0.85,
         .next = "Install torch, torchvision and extensions of releases that belong together.",
         .fields = {"host.versions.pytorch"},
         .why = "Each release of torchvision, torchaudio and of every extension belongs to one "
                "release of PyTorch.",
         .matches = "RuntimeError: operator torchvision::nms does not exist",
         .near_miss =
             "RuntimeError: Could not run 'aten::x' with arguments from the 'Meta' backend",
         .source = "pytorch/pytorch v2.6 aten/src/ATen/core/dispatch/Dispatcher.cpp, "
                   "torch/_ops.py; pytorch/vision torchvision/extension.py"},
        {.code = "WHY2012",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A name that this version of a library does not have",
         .cause = "{1} cannot be imported from the installed version of {2}.",
         .all = {"ImportError: cannot import name '([^']+)' from (?:partially initialized module "
                 ")?'((?:torch|transformers|triton|megatron|transformer_engine|flash_attn|mamba_"
                 "ssm|causal_conv1d|apex|numpy|huggingface_hub|tokenizers|accelerate|peft|"
                 "deepspeed|vllm|sglang|xformers|datasets|pydantic|packaging|setuptools|einops|"
                 "nvidia|cuda|cutlass|tilelang|deep_ep|fla|quack|torchvision|torchao|collections|"
                 "typing|typing_extensions|importlib|multi_storage_client|modelopt)[^']*)'"},
         .confidence = 0.75,
         .next = "Install the release that has it (compare with the requirements of the program "
                 "that imports it), or update the program.",
         .fields = {"host.versions"},
         .why = "Names move and go between releases; the program was written for another one.",
         .matches = "ImportError: cannot import name 'LlamaFlashAttention2' from "
                    "'transformers.models.llama.modeling_llama' (/x/modeling_llama.py)",
         .near_miss =
             "ImportError: cannot import name 'helper' from 'my_project.utils' (/x/utils.py)",
         .source = "cpython 3.12 Python/ceval.c (import_from)"},
        {.code = "WHY2013",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A part of the stack is not installed",
         .cause = "The module {1} is not installed in this interpreter.",
         .all =
             {R"((?:ModuleNotFoundError|ImportError): No module named '?((?:torch|transformers|triton|megatron|transformer_engine|flash_attn|flash_attn_\w+|mamba_ssm|causal_conv1d\w*|selective_scan_cuda|apex|amp_C|fused_\w+_cuda|fused_\w+|scaled_\w+_cuda|nvidia|deep_ep\w*|deep_gemm|grouped_gemm|nv_grouped_gemm|deepspeed|accelerate|peft|xformers|einops|tilelang|nvshmem\w*|pynvml|numpy|datasets|tokenizers|sentencepiece|tiktoken|vllm|sgl_kernel|sglang|flashinfer|cupy|regex|packaging|pybind11|ninja|setuptools|distutils|pkg_resources|tensorstore|zarr|modelopt|nvidia_resiliency_ext|fast_hadamard_transform|fla|liger_kernel|cut_cross_entropy|emerging_optimizers|multi_storage_client|wandb|tensorboard|onnx\w*|quack|cutlass|cuda|hydra|omegaconf|psutil|yaml|six|sklearn|scipy|pandas)(?:\.[\w.]*)?)'?)"},
         .confidence = 0.75,
         .next = "Install it for this interpreter and this CUDA, and check which Python runs "
                 "(python -c \"import sys; print(sys.executable, sys.path)\").",
         .fields = {"host.versions", "host.paths.python"},
         .why =
             "Another environment than intended, or an optional package that this code path needs. "
             "A submodule that is missing from an installed package means another release.",
         .matches = "ModuleNotFoundError: No module named 'flash_attn_2_cuda'",
         .near_miss = "ModuleNotFoundError: No module named 'my_utils'",
         .source = "cpython 3.12 Lib/importlib/_bootstrap.py"},
        {.code = "WHY2014",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Package requirements contradict each other",
         .cause = "Installed packages contradict their requirements: {1}.",
         .all = {R"((\S+[><=!~]+\S+ is required for a normal functioning of this module[^.]*|pkg_resources\.(?:extern\.packaging\.\S+|ContextualVersionConflict|VersionConflict|DistributionNotFound).*|VersionConflict: .*|[Mm](?:aximum|inimum) (?:supported )?version \S+ is (?:supported|required).*|version \S+ is not supported(?: by)?.*|\w+ version \S+ or (?:higher|newer|later|above) (?:is )?(?:required|needed).*|driver and/or toolkit version does not support.*|PackageNotFoundError: .*|(?:requires|require|needs|need) (?:at least )?(?:torch|triton|transformers|PyTorch|Triton|[Tt]ransformer[-_ ][Ee]ngine|flash[-_]attn|FlashAttention|CUDA|cuDNN|Megatron-Core|causal_conv1d|mamba_ssm|NCCL|nvcc|NVCC)\s*(?:version )?(?:>=|>|==|<=|<|v?\d).*))"},
         .confidence = 0.8,
         .next = "Install the versions that are named, in one command, so that the resolver sees "
                 "all of them.",
         .fields = {"host.versions"},
         .why = "A package checks the versions of others when it is imported.",
         .matches = "ImportError: tokenizers>=0.20,<0.21 is required for a normal functioning of "
                    "this module, but found tokenizers==0.19.1.",
         .near_miss = "INFO Requirement already satisfied: tokenizers>=0.20",
         .source = "huggingface/transformers src/transformers/utils/versions.py; pypa/setuptools "
                   "pkg_resources"},
        {.code = "WHY2015",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "An attribute that this version of a library does not have",
         .cause = "The installed {1} has no {2}: the program was written for another version.",
         .all =
             {R"(AttributeError: (?:partially initialized )?module '((?:torch|triton|transformers|transformer_engine|transformer_engine_torch|flash_attn|megatron|numpy|apex|amp_C|deep_ep\w*|mamba_ssm|causal_conv1d_cuda|selective_scan_cuda|tilelang|nvidia|pkgutil|collections|importlib|inspect|torchvision|accelerate|deepspeed|vllm|pydantic|google|wandb|scipy|pynvml|cutlass|PIL)[\w.]*)' has no attribute '([^']+)')"},
         .confidence = 0.75,
         .next = "Install the release that the program was written for, or update the program.",
         .fields = {"host.versions"},
         .why = "Functions appear and go between releases of a library.",
         .matches = "AttributeError: module 'triton.language' has no attribute 'libdevice'",
         .near_miss = "AttributeError: 'NoneType' object has no attribute 'shape'",
         .source = "cpython 3.12 Objects/moduleobject.c"},
        {.code = "WHY2016",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A call that this version of a library does not take",
         .cause = "{1} of an installed library does not take what it is given: two packages of "
                  "different releases.",
         .all =
             {R"(TypeError: (\S*(?:varlen_fwd|varlen_bwd|\bfwd|\bbwd|causal_conv1d_fwd|causal_conv1d_bwd|selective_scan\w*|multi_tensor_\w+|flash_attn\w*|fused_\w+|te_\w+|tex\.\w+|generic_gemm)\(\)): incompatible function arguments)"},
         .confidence = 0.75,
         .next = "Install extension and Python package from the same release, and remove stale "
                 "builds of the extension.",
         .fields = {"host.versions"},
         .why = "The compiled part and its Python wrapper come from different releases.",
         .matches = "TypeError: causal_conv1d_fwd(): incompatible function arguments. The "
                    "following argument types are supported:",
         .near_miss = "TypeError: forward() missing 1 required positional argument: 'x'",
         .source = "pybind/pybind11 v2.12 include/pybind11/pybind11.h"},
        {.code = "WHY2017",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Kernels for other GPUs",
         .cause = "This kernel library does not support the GPU's architecture: {1}.",
         .all =
             {R"((Expected is_sm\w+ .*to be true|too old to be supported by the triton GPU compiler|Triton only supports devices of CUDA Capability[^.]*|FlashAttention(?:-\d)? only supports [^.]*|only supports? (?:Ampere|Hopper|Blackwell|Volta|Turing)[^.]*GPUs?|Device compute capability [\d.]+ or higher required[^.]*|no kernel .* for (?:sm|SM)_?\d+))"},
         .confidence = 0.85,
         .next = "Choose another kernel for this GPU, or run on one that it supports.",
         .fields = {"host.machine.gpu_architecture", "policy.attention.backend"},
         .why = "Kernel libraries check the compute capability.",
         .matches = "RuntimeError: FlashAttention only supports Ampere GPUs or newer.",
         .near_miss = "INFO Using FlashAttention on NVIDIA H200",
         .source = "Dao-AILab/flash-attention csrc/flash_attn/flash_api.cpp; "
                   "NVIDIA/TransformerEngine transformer_engine/pytorch/fp8.py"},
        {.code = "WHY2018",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Files of another format version",
         .cause = "A file was written by another version of its library: {1}.",
         .all =
             {R"((Descriptors cannot (?:not )?be created directly|Incompatible Protobuf Gencode/Runtime|unsupported pickle protocol: \d+|Magic number .*incorrect|bad magic number in '[^']+'|Weights only load failed|PytorchStreamReader failed reading zip archive: failed finding central directory|invalid magic number; corrupt file))"},
         .none = {"PytorchStreamReader failed", "corrupt file"},
         .confidence = 0.75,
         .next = "Read it with the version that wrote it, or pin the library.",
         .fields = {"host.versions"},
         .why = "Generated code, pickles and byte code belong to versions; PyTorch 2.6 made "
                "weights-only loading the default.",
         .matches = "TypeError: Descriptors cannot be created directly. If this call came from a "
                    "_pb2.py file, your generated code is out of date",
         .near_miss = "INFO protobuf 5.28",
         .source = "protocolbuffers/protobuf python/google/protobuf/descriptor.py; pytorch/pytorch "
                   "v2.6 torch/serialization.py"},
        {.code = "WHY2019",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "Two copies of one library",
         .cause = "Two copies of a runtime library are loaded into one process.",
         .all = {R"((?:OMP: Error #15|Initializing libiomp5\S* but found|MKL_THREADING_LAYER=INTEL is incompatible with libgomp|free\(\): invalid pointer.*import|generic_type: (?:type|cannot initialize type) .*(?:already registered|already defined)))"},
         .confidence = 0.7,
         .next = "Keep one source of the library (conda or pip), or set MKL_THREADING_LAYER=GNU.",
         .fields = {"host.versions", "policy.environment.MKL_THREADING_LAYER"},
         .why = "Mixed conda and pip packages bring their own OpenMP and MKL.",
         .matches =
             "OMP: Error #15: Initializing libiomp5.so, but found libiomp5.so already initialized.",
         .near_miss = "OMP: Info #276: omp_set_nested routine deprecated",
         .source = "llvm/llvm-project openmp/runtime/src/kmp_runtime.cpp"},
        {.code = "WHY2020",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "This Python is too old or too new",
         .cause = "The package does not run on this Python: {1}.",
         .all =
             {R"((requires a different Python: [^"]*|Python (?:version )?[\d.]+ (?:or (?:later|newer|above)|is) (?:is )?(?:required|not supported)[^.]*|requires Python ['"]?[><=]+ ?[\d.]+['"]?|module 'typing' has no attribute '\w+'|unsupported operand type\(s\) for \|: 'type' and '(?:type|NoneType)'|'type' object is not subscriptable|Dynamo is not supported on Python [\d.]+\+?|No module named 'distutils'))"},
         .confidence = 0.75,
         .next = "Use the Python versions that the package's metadata names.",
         .fields = {"host.paths.python"},
         .why = "Wheels and syntax belong to versions of Python.",
         .matches = "RuntimeError: Dynamo is not supported on Python 3.13+",
         .near_miss = "Python 3.12.3",
         .source = "cpython 3.12; pytorch/pytorch v2.6 torch/_dynamo/eval_frame.py"},
        {.code = "WHY2021",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A name that a library does not have",
         .cause = "{1} cannot be imported: the installed library is of another release than the "
                  "program was written for.",
         .all = {R"(ImportError: cannot import name '?(\w+)'?$)"},
         .confidence = 0.55,
         .next = "Compare the installed release of the library in the line above with what the "
                 "program asks for.",
         .fields = {"host.versions"},
         .why = "Old releases of Python do not say which module lacks the name; the import "
                "statement above does.",
         .matches = "ImportError: cannot import name 'FP16_Optimizer'",
         .near_miss =
             "ImportError: cannot import name 'helper' from 'my_project.utils' (/x/utils.py)",
         .source = "cpython 3.6 Python/ceval.c (import_from)"},
        {.code = "WHY2022",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "An optional package is needed and not installed",
         .cause = "The program needs a package that is not installed{1}.",
         .all =
             {R"((?:Error|error|Exception)(: .*(?:[Pp]lease (?:re)?install |is not installed|not installed|pip3? install |[A-Z]\w+ required to use |needs to be installed|must be installed|is not available\. Please|[Ii]nstall it (?:with|from)).*))"},
         .confidence = 0.65,
         .next = "Install it in the version that fits PyTorch and CUDA here, or choose an option "
                 "that does not need it.",
         .fields = {"host.versions"},
         .why = "Frameworks import optional packages when an option asks for them.",
         .matches = "RuntimeError: Apex required to use megatron.",
         .near_miss = "INFO apex is not installed, falling back to torch",
         .source = "state-spaces/mamba, NVIDIA/Megatron-LM, huggingface/transformers "
                   "(requires_backends)"},
        {.code = "WHY2023",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "An optional extension did not load",
         .cause = "A compiled extension did not load, and its import was passed over.",
         .all =
             {R"((?:'NoneType' object has no attribute '(?:\w*_)?(?:fwd|bwd|cuda|fn|varlen\w*|causal_conv1d\w*|selective_scan\w*)'|NameError: name '(?:selective_scan\w*|causal_conv1d\w*|flash_attn\w*|mamba_\w+|mamba_ssm|index_first_axis|unpad_input|pad_input|apply_rotary\w*|amp_C|tex|te|apex|fused_\w+|FusedLayerNorm|MixedFusedLayerNorm|TEDotProductAttention|TE\w+)' is not defined))"},
         .confidence = 0.88,
         .next = "Import the extension alone to see its error (python -c \"import "
                 "causal_conv1d_cuda\"), and install the build that fits.",
         .fields = {"host.versions"},
         .why = "Wrappers catch the failed import and set the name to None; the error comes at the "
                "first use.",
         .matches = "AttributeError: 'NoneType' object has no attribute 'causal_conv1d_fwd'",
         .near_miss = "AttributeError: 'NoneType' object has no attribute 'shape'",
         .source =
             "state-spaces/mamba v2.2 mamba_ssm/ops/selective_scan_interface.py (guarded imports)"},
        {.code = "WHY2024",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "A model or tokenizer newer than the library",
         .cause = "The installed library does not know this model's kind or file format: {1}.",
         .all =
             {R"(((?:The checkpoint you are trying to load has model type|Unrecognized (?:configuration class|model in)|`rope_scaling` must be a dictionary|Tokenizer class \S+ does not exist|trust_remote_code.*requires|does not recognize this architecture|Model architectures \[.*\] (?:are not supported|failed to be inspected)|Cannot find model module).*))"},
         .confidence = 0.8,
         .next = "Update transformers (or the serving program) to a release that lists the model.",
         .fields = {"host.versions"},
         .why = "Model repositories name classes that came with a certain release.",
         .matches = "ValueError: `rope_scaling` must be a dictionary with two fields, `type` and "
                    "`factor`, got {'rope_type': 'llama3'}",
         .near_miss = "INFO rope_scaling: {'type': 'yarn'}",
         .source = "huggingface/transformers src/transformers/models/auto, configuration_utils.py"},
        {.code = "WHY2025",
         .cls = Class::kStack,
         .role = Role::kSymptom,
         .title = "A framework's module does not import",
         .cause = "A module of an installed framework failed to import; the reason follows it in "
                  "the log.",
         .all =
             {R"((?:Failed to import \S+ because of the following error|ImportError: DLL load failed|ImportError: (?:initialization failed|dynamic module does not define|generic_type)|RuntimeError: module compiled against (?:API|ABI) version))"},
         .confidence = 0.5,
         .next = "Import the module alone in the same environment and install what the innermost "
                 "error names.",
         .fields = {"host.versions"},
         .why = "The innermost error is about a version or a missing library most of the time.",
         .matches = "RuntimeError: Failed to import transformers.models.llama.modeling_llama "
                    "because of the following error (look up to see its traceback):",
         .near_miss = "INFO Importing transformers",
         .source = "huggingface/transformers src/transformers/utils/import_utils.py"},
        {.code = "WHY2026",
         .cls = Class::kStack,
         .role = Role::kSymptom,
         .title = "An attention kernel refuses the GPU",
         .cause = "A prebuilt attention or matrix kernel fails in CUDA at once: it was not built "
                  "for this GPU.",
         .all = {R"(CUDA error \(\S*(?:flash|hopper|cutlass|fmha|xformers|sm\d\d)\S*:\d+\): (.*))"},
         .confidence = 0.6,
         .next = "Choose another attention backend, or a build that lists this GPU.",
         .fields = {"host.machine.gpu_architecture", "policy.attention.backend"},
         .why = "Kernels for Hopper use instructions and launch attributes that other generations "
                "refuse.",
         .matches = "CUDA error (/w/flash-attention/hopper/flash_fwd_launch_template.h:188): "
                    "invalid argument",
         .near_miss = "CUDA error (/w/my_kernel.cu:12): invalid argument",
         .source = "Dao-AILab/flash-attention hopper/flash_fwd_launch_template.h"},
        {.code = "WHY2027",
         .cls = Class::kStack,
         .role = Role::kSymptom,
         .title = "A GPU that a library speaks against",
         .cause = "A library says that it needs another GPU: {1}.",
         .all =
             {R"((requires? (?:a GPU with )?(?:compute capability|CUDA capability|SM ?\d+|sm_?\d+).*(?:or (?:higher|above|newer|later)|>=).*|not supported on (?:this )?(?:GPU|device|architecture|arch|sm)\b.*|unsupported compute capability.*|compute capability \S+ is not supported.*))"},
         .confidence = 0.55,
         .next = "Choose another kernel or precision for this GPU, or run on one that it supports.",
         .fields = {"host.machine.gpu_architecture", "policy.precision.compute"},
         .why = "It may be a refusal or a note about a fallback; the lines after it tell.",
         .matches = "ValueError: FP8 requires compute capability 8.9 or higher",
         .near_miss = "INFO compute capability 9.0",
         .source = "NVIDIA/TransformerEngine transformer_engine/pytorch/fp8.py; vllm-project/vllm"},
        {.code = "WHY2028",
         .cls = Class::kStack,
         .role = Role::kSymptom,
         .title = "pip finds packages that do not fit",
         .cause = "pip installed packages whose requirements contradict each other: {1}.",
         .all =
             {R"(((?:\S+ [\d.]\S* )?(?:has requirement .*, but you(?:'ll)? have .*|requires \S+[><=!~]=?[\d.]+.*, but you have.*)))"},
         .confidence = 0.5,
         .next = "Install the versions that are named in one command, so that the resolver sees "
                 "all of them.",
         .fields = {"host.versions"},
         .why = "pip installs nevertheless; whether it matters shows at the first import.",
         .matches = "torchvision 0.17.0 requires torch==2.2.0, but you have torch 2.6.0 which is "
                    "incompatible.",
         .near_miss = "Successfully installed torch-2.6.0",
         .source = "pypa/pip src/pip/_internal/commands/install.py"},
        {.code = "WHY2029",
         .cls = Class::kStack,
         .role = Role::kRoot,
         .title = "An extension for another version",
         .cause = "A package says that it was built for another version: {1}.",
         .all =
             {R"(((?:\w+ )?[Vv]ersion mismatch[!:,.].*|\w+ (?:ops )?(?:was|were) (?:compiled|built)(?: and installed)? (?:with|against|for) a different version.*|built (?:with|against|for) (?:a )?different (?:version|CUDA|PyTorch).*))"},
         .none = {"Driver/library version mismatch"},
         .confidence = 0.75,
         .next = "Reinstall the package for the installed PyTorch and CUDA.",
         .fields = {"host.versions"},
         .why = "The package compares the versions that it was built with to those that it finds.",
         .matches = "RuntimeError: PyTorch version mismatch! DeepSpeed ops were compiled and "
                    "installed with a different version than what is being used at runtime.",
         .near_miss = "INFO version match",
         .source = "deepspeedai/DeepSpeed op_builder/builder.py"},
};

}  // namespace

std::span<const Signature> StackSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
