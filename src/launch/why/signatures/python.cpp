// What Python itself says, where that alone says whose mistake it is.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures
        [] =
            {
                {
                    .code = "WHY3701",
                    .cls = Class::kCode,
                    .title = "A name that the program does not define",
                    .cause = "The program uses what it does not define: {1}.",
                    .all = {"(?:NameError|UnboundLocalError): (.*)"},
                    .confidence = 0.85,
                    .next = "Correct the program at the line that the traceback names.",
                    .why = "No choice of layout or machine makes a name appear.",
                    .matches = "NameError: name 'foo' is not defined",
                    .near_miss = "NameError handled",
                    .source = "python/cpython v3.12 Python/ceval.c (format_exc_check_arg)",
                },
                {
                    .code = "WHY3702",
                    .cls = Class::kCode,
                    .title = "A program that is no Python",
                    .cause = "The program does not parse: {1}.",
                    .all = {"((?:SyntaxError|IndentationError|TabError): .*)"},
                    .confidence = 0.85,
                    .next = "Correct it at the line named; see whether a newer Python is needed.",
                    .why = "The interpreter refuses the file before it runs.",
                    .matches = "SyntaxError: invalid syntax",
                    .near_miss = "SyntaxWarning: invalid escape sequence",
                    .source = "python/cpython v3.12 Parser/pegen_errors.c",
                },
                {
                    .code = "WHY3703",
                    .cls = Class::kCode,
                    .title = "A call that does not fit its function",
                    .cause = "A function is called with arguments that it does not take: {1}.",
                    .all =
                        {R"(TypeError: ([\w.<>]+\(\) (?:missing \d+ required|takes \d+ positional|takes from|got multiple values|got an unexpected keyword argument).*))"},
                    .confidence = 0.62,
                    .next = "Compare the versions of caller and callee; correct the call.",
                    .why = "Caller and function are not of one version, or one of them is wrong.",
                    .matches = "TypeError: forward() missing 1 required positional argument: "
                               "'attention_mask'",
                    .near_miss = "TypeError: unsupported operand type(s) for +: 'int' and 'str'",
                    .source = "python/cpython v3.12 Python/ceval.c",
                },
                {
                    .code = "WHY3704",
                    .cls = Class::kCode,
                    .title = "None where a value is needed",
                    .cause = "The program uses None where a value is needed: {1}.",
                    .all =
                        {R"(((?:TypeError|AttributeError): '?NoneType'? object .*|TypeError: (?:object of type 'NoneType' has no len|unsupported operand type\(s\) for \S+ '(?:NoneType|\w+)' and '(?:NoneType)'|cannot unpack non-iterable NoneType).*))"},
                    .confidence = 0.38,
                    .next = "Follow the traceback to what returned nothing.",
                    .why = "A value that was to be set is not.",
                    .matches = "AttributeError: 'NoneType' object has no attribute 'shape'",
                    .near_miss = "NoneType",
                    .source = "python/cpython v3.12 Objects/object.c",
                },
                {
                    .code = "WHY3705",
                    .cls = Class::kCode,
                    .title = "Tensors whose shapes do not fit",
                    .cause = "Tensors are combined whose shapes do not fit: {1}.",
                    .all =
                        {R"((?:RuntimeError|ValueError): ((?:Input tensor \(shape=.*\) and weight tensor \(shape=.*\) are not compatible|mat1 and mat2 shapes cannot be multiplied|The size of tensor a \(\d+\) must match|shape '\[.*\]' is invalid for input of size|Sizes of tensors must match except in dimension|The expanded size of the tensor|Given groups=|size mismatch, m1|Tensors must have same number of dimensions|einsum\(\)|The shape of the mask).*))"},
                    .confidence = 0.38,
                    .next = "Compare the two sizes with heads, hidden size, sequence length and "
                            "parallel sizes.",
                    .why = "A product or a sum meets sizes that one part of the program takes from "
                           "elsewhere.",
                    .matches = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4096x1024 "
                               "and 512x1024)",
                    .near_miss = "shapes multiplied",
                    .source = "pytorch/pytorch v2.5 aten/src/ATen/native/LinearAlgebra.cpp; "
                              "ExpandUtils.cpp",
                },
                {
                    .code = "WHY3706",
                    .cls = Class::kCode,
                    .title = "A tensor on another device or of another type",
                    .cause = "Tensors are on different devices or of different types: {1}.",
                    .all =
                        {R"(RuntimeError: ((?:Expected all tensors to be on the same device|expected scalar type \w+ but found|expected m1 and m2 to have the same dtype|Input type \(.*\) and (?:weight|bias) type|mat1 and mat2 must have the same dtype|Index put requires the source and destination dtypes|\"\w+\" not implemented for '\w+'|Input, output and indices must be on the current device|Expected tensor for argument).*))"},
                    .confidence = 0.38,
                    .next = "Follow the traceback; set the type or the device where the tensor is "
                            "made.",
                    .why = "Mixed precision and placement are the program's own.",
                    .matches = "RuntimeError: Expected all tensors to be on the same device, but "
                               "found at least two devices, cuda:0 and cpu!",
                    .near_miss = "all tensors on cuda:0",
                    .source =
                        "pytorch/pytorch v2.5 torch/_meta_registrations.py; aten/src/ATen/native",
                },
                {
                    .code = "WHY3707",
                    .cls = Class::kCode,
                    .title = "A gradient that the graph does not have",
                    .cause =
                        "The backward pass finds no graph, a second one, or a changed tensor: {1}.",
                    .all = {"RuntimeError: ((?:element 0 of tensors does not require grad|Trying "
                            "to backward through the graph a second time|one of the variables "
                            "needed for gradient computation has been modified by an inplace "
                            "operation|grad can be implicitly created only).*)"},
                    .confidence = 0.75,
                    .next = "Follow the message; with data parallelism give every parameter a "
                            "gradient, or say find_unused_parameters=True.",
                    .why = "Autograd needs every used tensor as it was in the forward pass.",
                    .matches =
                        "RuntimeError: Trying to backward through the graph a second time (or "
                        "directly access saved tensors after they have already been freed).",
                    .near_miss = "backward took 3 ms",
                    .source = "pytorch/pytorch v2.5 torch/csrc/autograd; "
                              "torch/csrc/distributed/c10d/reducer.cpp",
                },
                {
                    .code = "WHY3708",
                    .cls = Class::kStack,
                    .title = "A Python package that is not installed",
                    .cause = "The module {1} is not installed in this interpreter.",
                    .all = {R"(ModuleNotFoundError: No module named '?([\w.]+)'?)"},
                    .confidence = 0.78,
                    .next = "Install it in the interpreter of the ranks, or activate the "
                            "environment on every node.",
                    .fields = {"host.versions"},
                    .why = "The interpreter that runs the ranks is not the one in which it is "
                           "installed.",
                    .matches = "ModuleNotFoundError: No module named 'flash_attn_2_cuda'",
                    .near_miss = "No module is missing",
                    .source = "python/cpython v3.12 Lib/importlib/_bootstrap.py:1324",
                },
                {
                    .code = "WHY3709",
                    .cls = Class::kStack,
                    .title = "A name that another version of a package has",
                    .cause = "A package is of another version than its user expects: {1}.",
                    .all =
                        {R"(ImportError: (cannot import name '?\w+'? from (?:partially initialized module )?'?[\w.]+'?.*))"},
                    .none = {"most likely due to a circular import"},
                    .confidence = 0.75,
                    .next = "Install the versions that were tested together.",
                    .fields = {"host.versions"},
                    .why = "What is imported is not in the installed version of the package.",
                    .matches = "ImportError: cannot import name 'FlashAttnFunc' from "
                               "'flash_attn.interface' (/opt/x.py)",
                    .near_miss = "cannot import it later",
                    .source = "python/cpython v3.12 Python/ceval.c (import_from)",
                },
                {
                    .code = "WHY3710",
                    .cls = Class::kStack,
                    .title = "An attribute that another version of a package has",
                    .cause = "A module does not have what its user expects of it: {1}.",
                    .all = {R"(AttributeError: (module '[\w.]+' has no attribute '\w+'.*))"},
                    .confidence = 0.68,
                    .next = "Install the versions that were tested together; see that no file of "
                            "yours has the package's name.",
                    .fields = {"host.versions"},
                    .why = "Two packages of versions that do not go together, or a local file in "
                           "front of the package.",
                    .matches = "AttributeError: module 'torch.distributed' has no attribute "
                               "'_reduce_scatter_base_v2'",
                    .near_miss = "AttributeError: 'Foo' object has no attribute 'bar'",
                    .source = "python/cpython v3.12 Objects/moduleobject.c",
                },
                {
                    .code = "WHY3711",
                    .cls = Class::kCode,
                    .title = "An attribute that an object does not have",
                    .cause = "An object does not have what the program asks of it: {1}.",
                    .all = {R"(AttributeError: ('\w+' object has no attribute '\w+'.*))"},
                    .none = {"'NoneType' object"},
                    .confidence = 0.38,
                    .next = "Follow the traceback; compare the versions of the two files.",
                    .why = "Of library code this can as well be an option that leads where nobody "
                           "was, or a package of another version.",
                    .matches = "AttributeError: 'Trainer' object has no attribute 'foo'",
                    .near_miss = "AttributeError: module 'torch' has no attribute 'x'",
                    .source = "python/cpython v3.12 Objects/object.c",
                },
                {
                    .code = "WHY3712",
                    .cls = Class::kStack,
                    .title = "Versions that Python finds incompatible",
                    .cause = "Installed packages do not go together: {1}.",
                    .all =
                        {R"(((?:pkg_resources\.(?:VersionConflict|ContextualVersionConflict|DistributionNotFound).*|importlib\.metadata\.PackageNotFoundError.*|\S+ (?:requires|is required for a normal functioning).*but (?:you have|found) .*|numpy\.dtype size changed.*|A module that was compiled using NumPy 1\.x cannot be run in.*|RuntimeError: module compiled against (?:API|ABI) version.*)))"},
                    .confidence = 0.85,
                    .next = "Install the versions that the message names.",
                    .fields = {"host.versions"},
                    .why = "A package checks the versions of what it uses.",
                    .matches = "ImportError: tokenizers>=0.20,<0.21 is required for a normal "
                               "functioning of this module, but found tokenizers==0.19.1.",
                    .near_miss = "requires attention",
                    .source = "huggingface/transformers v4.46 src/transformers/utils/versions.py; "
                              "numpy/numpy v2.0",
                },
                {
                    .code = "WHY3713",
                    .cls = Class::kStack,
                    .title = "A model type that the installed library does not know",
                    .cause = "The installed library does not know the model: {1}.",
                    .all =
                        {R"(((?:The checkpoint you are trying to load has model type|Model architectures \[.*\] (?:are not supported|failed to be inspected)|KeyError: '(?:qwen|llama|mistral|deepseek|gemma|phi|glm|minimax|mamba|nemotron)\w*'|Transformers does not recognize this architecture|Unrecognized (?:configuration class|model)|has no \w+ implementation, either compatible|does not recognize this architecture).*))"},
                    .confidence = 0.78,
                    .next = "Upgrade the library to a version that has the model.",
                    .fields = {"host.versions.transformers"},
                    .why = "New architectures come with new versions of the libraries.",
                    .matches = "ValueError: The checkpoint you are trying to load has model type "
                               "`qwen3_moe` but Transformers does not recognize this architecture.",
                    .near_miss = "model type: llama",
                    .source = "huggingface/transformers v4.46 src/transformers/models/auto; "
                              "vllm-project/vllm v0.8 model_executor/models/registry.py",
                },
                {
                    .code = "WHY3714",
                    .cls = Class::kPolicy,
                    .title = "A value that the library refuses",
                    .cause = "The configuration is refused: {1}.",
                    .all =
                        {R"(((?:pydantic\S*ValidationError.*|\d+ validation errors? for \w+|Value error, .*|ValueError: (?:Invalid|Unknown|Unsupported|Unrecognized) \S+.*|omegaconf\.errors\.\w+.*|hydra\.errors\.\w+.*|ConfigAttributeError.*|Could not override '.*'|Key '\S+' is not in struct)))"},
                    .confidence = 0.6,
                    .next = "Correct the value that is named.",
                    .why = "Configurations are checked by their classes when they are made.",
                    .matches = "pydantic_core._pydantic_core.ValidationError: 1 validation error "
                               "for ModelConfig",
                    .near_miss = "ValueError: too many values to unpack",
                    .source = "pydantic/pydantic v2.9; facebookresearch/hydra v1.3",
                },
                {
                    .code = "WHY3715",
                    .cls = Class::kPolicy,
                    .title = "A file that the launch names and that is not there",
                    .cause = "A file is not there: {1}.",
                    .all =
                        {R"(FileNotFoundError: \[Errno 2\] No such file or directory: '?([^']*)'?)"},
                    .confidence = 0.45,
                    .next = "Correct the path, or see that this node has it.",
                    .fields = {"host.paths"},
                    .why = "Paths are bound to a host; another node, another container may lack "
                           "the file.",
                    .matches = "FileNotFoundError: [Errno 2] No such file or directory: "
                               "'/opt/run/config.yaml'",
                    .near_miss = "file found",
                    .source = "python/cpython v3.12 Modules/_io/fileio.c",
                },
                {
                    .code = "WHY3716",
                    .cls = Class::kStack,
                    .title = "A package that Python asks to install",
                    .cause = "A package is asked for that is not there or of another version: {1}.",
                    .all =
                        {R"((?:Error|Exception|Exit): (.*(?:[Pp]lease (?:re-?)?install|pip install|(?:is|are) (?:not installed|required but|needed but)|needs? to be installed|not been installed|seems? to be not installed|installation is required|must be installed|requires? the \S+ (?:package|library)).*))"},
                    .confidence = 0.66,
                    .next = "Install it in the interpreter of the ranks.",
                    .fields = {"host.versions"},
                    .why = "Programs say so where they import what they need late.",
                    .matches = "ImportError: FlashAttention2 has been toggled on, but the package "
                               "flash_attn seems to be not installed.",
                    .near_miss = "install finished",
                    .source = "python/cpython v3.12 Lib/importlib",
                },
};

}  // namespace

std::span<const Signature> PythonSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
