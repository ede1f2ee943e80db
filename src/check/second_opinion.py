"""Asks a checkout of Megatron what it does with a command line.

usage: ask.py REQUEST.json

The request has the checkout's directory, the words, the world size and the environment. One JSON object is written to
standard output: {"verdict": "ok" | "refused", "stage", "error", "version", "overridden", "stubbed", "lacking"}, or
{"not_asked": why}. Packages that this Python lacks are stood in for, as far as validation looks at them, but for those without which the
checkout itself goes another way: a refusal that may come of one of these is no verdict.
"""

import abc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import re
import resource
import signal
import sys
import types
import typing

# Imports beside PyTorch that the package makes and validation does not need. Others that are missing end the question.
OPTIONAL = {
    "torch", "numpy", "packaging", "six", "einops", "yaml", "pydantic", "omegaconf", "regex", "tqdm", "requests", "typing_extensions",
    "transformer_engine", "transformer_engine_torch", "apex", "amp_C", "triton", "flash_attn", "flash_attn_3", "flashinfer",
    "mamba_ssm", "causal_conv1d", "nvidia_resiliency_ext", "tensorstore", "zarr", "zmq", "modelopt", "wandb", "tensorboard",
    "transformers", "tokenizers", "sentencepiece", "tiktoken", "nvtx", "msgpack", "deep_ep", "hybrid_ep_cpp", "nvshmem", "fla",
    "tilelang", "fast_hadamard_transform", "emerging_optimizers", "multistorageclient", "psutil", "safetensors", "dateutil",
    "pynvml", "nltk", "tornado", "setproctitle", "cuda", "cupy", "onelogger", "mlflow", "datasets", "huggingface_hub", "fastapi",
    "uvicorn", "flask", "flask_restful", "quart", "hypercorn", "pytest", "bitstring", "filelock", "scipy", "jinja2", "aiohttp", "openai",
    "kitchen", "nvidia_kitchen", "megatron_energon", "webdataset", "fused_layer_norm_cuda", "grouped_gemm", "torchvision", "PIL",
    "opentelemetry", "prometheus_client", "httpx", "orjson", "simplejson", "cloudpickle", "dill", "accelerate", "peft", "h5py",
    "torch_memory_saver", "nemo_run", "absl", "ftfy", "boto3", "botocore", "fsspec", "lmdb", "matplotlib", "pandas", "ray",
}
# Without these packages the code itself chooses another way, as it would on the machine.
ABSENT = {"transformer_engine", "transformer_engine_torch", "apex", "amp_C", "flash_attn", "flash_attn_3", "flashinfer", "mamba_ssm",
          "causal_conv1d", "deep_ep", "hybrid_ep_cpp", "nvidia_resiliency_ext", "modelopt", "emerging_optimizers", "fla", "tilelang",
          "fast_hadamard_transform", "multistorageclient", "kitchen", "nvidia_kitchen", "grouped_gemm", "flash_mla"}

stubbed = set()
lacking = set()  # of those in ABSENT
# How a checkout says that it stops for want of a package.
WANT = re.compile(r"not available|not installed|cannot be imported|[Ii]nstall |is required for")


class AnyType(type(typing.Protocol)):
    """A class that has whatever is asked of it."""

    def __getattr__(cls, name):
        # Protocols and abstract classes ask for their own marks while the class is made.
        if name.startswith(("__", "_is_", "_abc_", "_non_callable_")):
            raise AttributeError(name)
        value = make(f"{cls.__module__}.{cls.__qualname__}", name)
        setattr(cls, name, value)
        return value

    def __getitem__(cls, item):
        return cls

    def __iter__(cls):
        return iter(())


class Anything(metaclass=AnyType):
    """What a missing package would have given. As a decorator it changes nothing."""

    def __new__(cls, *args, **kwargs):
        if cls.__dict__.get("stands_in") and len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__()
        cls.stands_in = False

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return Anything()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    def __bool__(self):
        return False

    def __int__(self):
        return 0

    def __index__(self):
        return 0

    def __len__(self):
        return 0

    def __iter__(self):
        return iter(())

    def __getitem__(self, item):
        return Anything()


def make(where, name):
    made = AnyType(name, (Anything,), {"__module__": where, "__qualname__": name})
    made.stands_in = True
    return made


class StandIn(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = make(self.__name__, name)
        setattr(self, name, value)
        return value


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last of all finders: what it is asked for, no other has."""

    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root not in OPTIONAL or root in ABSENT or ("." in name and not isinstance(sys.modules.get(root), StandIn)):
            return None
        stubbed.add(root)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = StandIn(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module):
        module.__version__ = "99.0.0"
        known = KNOWN.get(module.__name__)
        if known:
            known(module)


class ModelsWithoutTypes(Finder):
    """Pydantic builds validators from the types of fields, which it cannot from a type that stands in: it is stood in for,
    too."""

    def find_spec(self, name, path=None, target=None):
        return super().find_spec(name, path, target) if name.partition(".")[0] == "pydantic" else None


class Version:
    """Release numbers compare; a suffix makes it older."""

    def __init__(self, text):
        self.text = str(text)
        match = re.match(r"v?(\d+(?:\.\d+)*)(.*)", self.text)
        if not match:
            raise ValueError(f"Invalid version: '{text}'")
        self.release = tuple(int(part) for part in match.group(1).split("."))
        self.local = match.group(2).startswith("+")
        self.pre = bool(match.group(2)) and not self.local and not match.group(2).startswith((".post", "post"))
        self.major, self.minor, self.micro = (self.release + (0, 0, 0))[:3]
        self.is_prerelease = self.pre

    @property
    def key(self):
        release = self.release
        while release and release[-1] == 0:
            release = release[:-1]
        return (release, not self.pre)

    def __eq__(self, other):
        return self.key == other.key

    def __lt__(self, other):
        return self.key < other.key

    def __le__(self, other):
        return self.key <= other.key

    def __gt__(self, other):
        return self.key > other.key

    def __ge__(self, other):
        return self.key >= other.key

    def __hash__(self):
        return hash(self.key)

    def __str__(self):
        return self.text

    __repr__ = __str__


def know_version(module):
    module.Version = Version
    module.parse = Version
    module.InvalidVersion = ValueError


class DType:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "torch." + self.name


def know_torch(module):
    module.__version__ = "2.9.0"
    module.version = importlib.import_module("torch.version")
    module.dtype = DType
    for name, others in {"float32": ["float"], "float16": ["half"], "bfloat16": [], "float64": ["double"], "int32": ["int"],
                         "int64": ["long"], "int16": ["short"], "int8": [], "uint8": [], "bool": [], "float8_e4m3fn": [],
                         "float8_e5m2": []}.items():
        kind = DType(name)
        for spelling in [name] + others:
            setattr(module, spelling, kind)
    for name in ("cuda", "distributed", "nn", "jit", "autograd", "utils", "optim", "_dynamo", "compiler"):
        setattr(module, name, importlib.import_module("torch." + name))
    module.compile = module.no_grad = lambda *args, **kwargs: args[0] if args and callable(args[0]) else (lambda f: f)


def know_torch_version(module):
    module.__version__ = "2.9.0"
    module.cuda = "12.9"
    module.hip = None


def know_cuda(module):
    module.is_available = lambda: True
    module.device_count = lambda: 8
    module.current_device = lambda: 0
    module.get_device_capability = lambda *args: (ARCHITECTURE, 0)
    module.get_device_properties = lambda *args: types.SimpleNamespace(
        major=ARCHITECTURE, minor=0, name="GPU", multi_processor_count=132, total_memory=141 << 30)


def know_distributed(module):
    module.is_available = lambda: True
    module.is_initialized = lambda: False
    module.get_rank = lambda *args: 0


def know_numpy(module):
    module.__version__ = "1.26.0"


def know_pydantic(module):
    class Model(abc.ABCMeta):
        @property
        def model_fields(cls):
            names = [name for base in reversed(cls.__mro__) for name in getattr(base, "__annotations__", {})]
            return {name: types.SimpleNamespace(default=getattr(cls, name, None)) for name in names}

        __fields__ = model_fields

    class BaseModel(metaclass=Model):
        def __init__(self, **values):
            self.__dict__.update(values)

        def __init_subclass__(cls, **kwargs):
            super().__init_subclass__()

    decorate = lambda *args, **kwargs: (lambda f: f)
    module.BaseModel = BaseModel
    module.ConfigDict = dict
    module.Field = module.PrivateAttr = lambda default=None, **kwargs: default
    module.field_validator = module.model_validator = module.computed_field = decorate
    module.ValidationError = ValueError


KNOWN = {"torch": know_torch, "torch.version": know_torch_version, "torch.cuda": know_cuda, "torch.distributed": know_distributed,
         "packaging.version": know_version, "numpy": know_numpy, "pydantic": know_pydantic}
ARCHITECTURE = 9


def plain(value):
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def values_of(args):
    return {key: plain(value) for key, value in vars(args).items()}


def given_dests(argv):
    """The dests that the line sets; known once the parser has been made and has parsed."""
    import argparse

    seen = set()
    whole = argparse.ArgumentParser.parse_args

    def watch(parser, args=None, namespace=None):
        flags = {}
        for action in parser._actions:
            for flag in action.option_strings:
                flags[flag] = action.dest
        for word in argv:
            if word.partition("=")[0] in flags:
                seen.add(flags[word.partition("=")[0]])
        return whole(parser, args, namespace)

    argparse.ArgumentParser.parse_args = watch
    return seen


def keep_complaint():
    """What the parser says when it stops, which is otherwise on standard error alone."""
    import argparse

    said = []
    whole = argparse.ArgumentParser.error

    def error(parser, message):
        said.append(message)
        return whole(parser, message)

    argparse.ArgumentParser.error = error
    return said


def wanting(stage, text):
    """Why a refusal may be this Python's and not the checkout's; empty if it is the checkout's."""
    if not (stubbed or lacking) or (stage == "parse" and "invalid choice" in text):
        return ""
    # Transformer Engine answers by its newest version, and its name is a value of arguments, too.
    named = sorted(root for root in lacking if root != "transformer_engine" and
                   re.search(r"(?<![A-Za-z0-9])" + root.replace("_", "[-_ ]") + r"(?![A-Za-z0-9])", text, re.IGNORECASE))
    if named:
        return f"without {', '.join(named)}"
    if WANT.search(text):
        return "without packages that this Python lacks"
    return ""


def refuse(answer, stage, text):
    want = wanting(stage, text)
    if want:
        return {"not_asked": f"{want} its {stage} stage ends with {text}", "lacking": sorted(lacking)}
    answer.update(verdict="refused", stage=stage, error=text)
    return answer


def ask(request):
    global ARCHITECTURE
    ARCHITECTURE = int(request["architecture"])
    argv = [str(word) for word in request["argv"]]
    os.environ.update({str(key): str(value) for key, value in request["environment"].items()})
    os.environ.update(WORLD_SIZE=str(request["world"]), RANK="0", LOCAL_RANK="0")
    sys.path.insert(0, request["directory"])
    if importlib.util.find_spec("torch") is None:
        sys.meta_path.insert(0, ModelsWithoutTypes())
    sys.meta_path.append(Finder())
    lacking.update(root for root in ABSENT if importlib.util.find_spec(root) is None)
    if not hasattr(typing, "override"):  # Python 3.12 has it; it changes nothing
        typing.override = lambda method: method
    sys.argv = ["pretrain"]
    try:
        arguments = importlib.import_module("megatron.training.arguments")
        version = importlib.import_module("megatron.core.package_info").__version__
    except BaseException as error:
        return {"not_asked": f"its validators cannot be imported: {type(error).__name__}: {error}"}
    if "torch" not in stubbed:
        import torch

        if not torch.cuda.is_available():
            know_cuda(torch.cuda)
    # Which fused kernels Transformer Engine has is asked of its version; without it, as the newest answers.
    utils = importlib.import_module("megatron.core.utils")
    if importlib.util.find_spec("transformer_engine") is None:
        stubbed.add("transformer_engine")
        utils._te_version = importlib.import_module("packaging.version").Version("2.13.0")
        fused = {
            "megatron.core.models.common.embeddings.rope_utils": ["fused_apply_rotary_pos_emb", "fused_apply_rotary_pos_emb_thd"],
            "megatron.core.transformer.moe.moe_utils": [
                "fused_permute", "fused_permute_with_probs", "fused_sort_chunks_by_index", "fused_sort_chunks_by_index_with_probs",
                "fused_unpermute", "fused_topk_with_score_function", "fused_compute_score_for_moe_aux_loss", "fused_moe_aux_loss"],
        }
        for home, names in fused.items():
            for name in names:
                for module_name in (home, "megatron.core.extensions.transformer_engine"):
                    try:
                        module = importlib.import_module(module_name)
                    except Exception:
                        continue
                    if getattr(module, name, None) is None:
                        setattr(module, name, lambda *args, **kwargs: None)
    given = given_dests(argv)
    said = keep_complaint()
    sys.argv = ["pretrain"] + argv
    stage = "parse"
    answer = {"version": f"megatron-core {version}", "stubbed": sorted(stubbed), "lacking": sorted(lacking)}
    try:
        args = arguments.parse_args()
        before = values_of(args)
        stage = "validate"
        arguments.validate_args(args, {})
        after = values_of(args)
        stage = "build"
        arguments.core_transformer_config_from_args(args)
    except SystemExit as error:
        return refuse(answer, stage, said[-1] if said else f"it exits with {error.code}")
    except (AssertionError, ValueError, RuntimeError, NotImplementedError, KeyError) as error:
        text = f"{type(error).__name__}: {error}"
        if not str(error):
            import traceback

            text = f"{type(error).__name__} at: {traceback.extract_tb(error.__traceback__)[-1].line}"
        return refuse(answer, stage, text)
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
        if stubbed or lacking:
            return {"not_asked": f"without {', '.join(sorted(stubbed | lacking))} its {stage} stage ends with {text}"}
        return refuse(answer, stage, text)
    answer.update(verdict="ok", stage="", error="")
    answer["overridden"] = sorted(
        dest for dest in given if dest in before and (dest not in after or before[dest] != after[dest]))
    answer["stubbed"] = sorted(stubbed)
    return answer


def limit(what, soft, hard):
    """What is limited further already stays so."""
    now_soft, now_hard = (sys.maxsize if value == resource.RLIM_INFINITY else value for value in resource.getrlimit(what))
    hard = min(hard, now_hard)
    resource.setrlimit(what, (min(soft, hard, now_soft), hard))


def end_with_parent(seconds):
    """Who asks may be ended in a way that lets it end nothing itself."""
    signal.alarm(min(seconds + 5, 1 << 30))
    try:
        import ctypes

        parent_death_signal = 1  # PR_SET_PDEATHSIG of linux/prctl.h
        ctypes.CDLL(None).prctl(parent_death_signal, int(signal.SIGKILL), 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass  # the alarm is left


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        request = json.load(file)
    # What the checkout prints is not the answer.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    end_with_parent(request["seconds"])
    limit(resource.RLIMIT_CPU, request["seconds"] + 5, request["seconds"] + 10)
    limit(resource.RLIMIT_DATA, request["bytes"], request["bytes"])
    limit(resource.RLIMIT_CORE, 0, 0)
    result = ask(request)
    json.dump(result, answer)
    answer.close()
    # Threads and handlers that an import left behind have nothing to say.
    os._exit(0)


if __name__ == "__main__":
    main()
