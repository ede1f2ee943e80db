"""What every interpreter of a Megatron run executes before the release's entry point.

usage: bootstrap.py SETTINGS.json ENTRY [ARGUMENT ...]     run it
       bootstrap.py --probe SETTINGS.json ENTRY SECONDS    only test what a run would need

Order: the environment is held against the contract's; the variables of [bootstrap_environment] are set; the seams are applied in
the contract's order; the release's functions are wrapped where the seams must be asked again; the entry point runs as the main
program, with its own argv and its own folder first on the path. Each seam proves itself on the built model, or this process ends.

Whatever ends here ends with 78 (EX_CONFIG), one "bootstrap_failed" event on standard output and one line on standard error. What
the entry point raises or exits with stays as it is. docs/seams.md has the provider protocol, docs/events.md the events.
"""

import functools
import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import inspect
import json
import os
import re
import runpy
import site
import sys
import time
import traceback

EX_CONFIG = 78
MISSING = object()


def rank():
    text = os.environ.get("RANK", "0")
    return int(text) if text.isdigit() else 0


def emit(event, **fields):
    """One line, written at once: ranks share a pipe, and what is below PIPE_BUF is not mixed with other lines."""
    short = {}
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > 900:
            value = value[:450] + " ... " + value[-440:]
        short[name] = value
    line = "@nam56r " + json.dumps({"event": event, "rank": rank(), **short}, ensure_ascii=False) + "\n"
    try:
        sys.stdout.flush()
        os.write(1, line.encode("utf-8", "replace"))
    except (OSError, ValueError, AttributeError):
        pass  # a reader that is gone is no reason to end a training run


def say(text):
    try:
        os.write(2, ("nam56r bootstrap: rank %d: %s\n" % (rank(), " ".join(text.split()))).encode("utf-8", "replace"))
    except OSError:
        pass


def fail(stage, why, seam="", at_once=False):
    """Ends this process. |at_once|: other ranks may be inside a collective, and Python's own end would wait for them."""
    emit("bootstrap_failed", stage=stage, seam=seam, why=why)
    say("seam %s: %s" % (seam, why) if seam else why)
    if at_once:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        os._exit(EX_CONFIG)
    sys.exit(EX_CONFIG)


def resolve(thing, path):
    for name in path.split("."):
        thing = getattr(thing, name, MISSING)
        if thing is MISSING:
            return MISSING
    return thing


# ---- before anything is imported ----


def differing(settings):
    """Variables that the contract decided and that this process does not have so: [(name, wanted, found)]."""
    found = []
    for name, wanted in sorted(settings["environment"].items()):
        value = os.environ.get(name)
        if value is None or (wanted is not None and value != wanted):
            found.append((name, wanted, value))
    return found


def too_early(settings):
    """Packages that are loaded already. A namespace made by a .pth file has no code that could have read anything."""
    return [name for name in settings["read_at_import"] if getattr(sys.modules.get(name), "__file__", None)]


def startup_files(names):
    """What may have imported |names| before the first line of a program: those that name one, else all that execute."""
    executing, naming = [], []
    for name in ("sitecustomize", "usercustomize"):
        file = getattr(sys.modules.get(name), "__file__", None)
        if file:
            executing.append(file)
    folders = list(site.getsitepackages()) if hasattr(site, "getsitepackages") else []
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    for folder in folders:
        for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if file.endswith(".pth"):
                executing.append(os.path.join(folder, file))
    kept = []
    for file in executing:
        try:
            with open(file, encoding="utf-8", errors="replace") as stream:
                text = stream.read(1 << 16)
        except OSError:
            continue
        if file.endswith(".pth"):
            text = "\n".join(line for line in text.splitlines() if line.startswith(("import ", "import\t")))
        if text:
            kept.append(file)
        if any(re.search(r"\b%s\b" % re.escape(name), text) for name in names):
            naming.append(file)
    return naming or kept


def enter_folder(entry):
    """sys.path as the entry point would have it if it were started by itself."""
    own = os.path.dirname(os.path.abspath(__file__))
    if sys.path and os.path.realpath(sys.path[0] or ".") == os.path.realpath(own):
        sys.path[0] = os.path.dirname(os.path.abspath(entry))


def candidates(name):
    """Files that would be |name|, the one that wins first; nothing of them is executed."""
    files = []

    def keep(spec):
        file = spec.origin if spec is not None and spec.has_location else None
        if file and os.path.realpath(file) not in [os.path.realpath(known) for known in files]:
            files.append(file)

    def dig(path):
        """The spec of |name| if its first part is looked for in |path|; None: in all of sys.path, as an import does."""
        spec, done = None, ""
        for part in name.split("."):
            done = done + "." + part if done else part
            spec = None
            for finder in sys.meta_path if path is None or "." in done else [importlib.machinery.PathFinder]:
                find = getattr(finder, "find_spec", None)
                spec = find(done, path) if find else None
                if spec is not None:
                    break
            if spec is None:
                return None
            path = list(spec.submodule_search_locations or [])
        return spec

    keep(dig(None))
    for entry in sys.path:
        keep(dig([entry or "."]))
    return files


def release_of(file):
    """The version that |file| (megatron/core/__init__.py) belongs to, by the text beside it: importing it would import all."""
    try:
        with open(os.path.join(os.path.dirname(file), "package_info.py"), encoding="utf-8", errors="replace") as stream:
            numbers = dict(re.findall(r"^(MAJOR|MINOR|PATCH)\s*=\s*(\d+)", stream.read(1 << 16), re.MULTILINE))
    except OSError:
        return ""
    return ".".join(numbers[part] for part in ("MAJOR", "MINOR", "PATCH") if part in numbers)


def wrong_release(settings):
    """(file, version) of the Megatron that would be imported, if it is not the contract's release."""
    found = candidates("megatron.core")
    if not found:
        return ("", "")
    version = release_of(found[0])
    return None if (version + ".").startswith(settings["release"] + ".") else (found[0], version)


# ---- seams ----


class Context:
    """What a provider's apply() is given."""

    def __init__(self, settings, seam, reported):
        self.seam = seam["id"]
        self.dialect = settings["dialect"]  # "megatron@0.19"
        self.release = settings["release"]  # "0.19"
        self.settings = dict(seam["settings"])  # {"NAM56R_M2RNN_KEY_HEAD_DIM": "64"}; in the environment as well
        self.layers = list(seam["layers"])  # layer_number of each layer that it is for
        self.mtp_depths = seam["mtp_depths"]  # how many MTP depths it is for as well
        self.symbols = [(symbol["module"], symbol["attribute"]) for symbol in seam["symbols"]]
        self.marker = settings["marker"]
        self._reported = reported

    def mark(self, thing):
        """Writes the seam's id on |thing| (a function, a class, an object, a parameter) and returns it."""
        holder = getattr(thing, "__func__", thing)
        ids = marks(holder, self.marker)
        if self.seam not in ids:
            setattr(holder, self.marker, tuple(ids) + (self.seam,))
        return thing

    def report(self, name, **details):
        """Says that |name| happened: the proof of a seam whose proof is an event."""
        self._reported.add((self.seam, name))
        emit("seam_report", seam=self.seam, name=name, details=json.dumps(details, default=str))


def marks(thing, marker):
    value = getattr(thing, marker, ())
    return (value,) if isinstance(value, str) else tuple(value)


def apply_seams(settings, reported):
    """[(seam, context, provider)] in the order of the contract."""
    applied = []
    for seam in settings["seams"]:
        name = seam["module"]
        try:
            provider = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in (name, name.split(".")[0]):
                traceback.print_exc()
                fail("seams", "its provider %s needs a module that is not there: %s" % (name, error.name), seam["id"])
            fail("seams", "no provider: there is no module %s on the path of %s" % (name, sys.executable), seam["id"])
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            fail("seams", "importing its provider %s raised %r" % (name, error), seam["id"])
        if not callable(getattr(provider, "apply", None)):
            fail("seams", "its provider %s (%s) has no function apply(context)" % (name, provider.__file__), seam["id"])
        context = Context(settings, seam, reported)
        call_provider(seam, "apply", provider.apply, context)
        applied.append((seam, context, provider))
        emit("seam_applied", seam=seam["id"], file=getattr(provider, "__file__", None) or name)
    return applied


def call_provider(seam, name, function, *arguments):
    try:
        function(*arguments)
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        fail("seams", "its provider's %s() raised %r" % (name, error), seam["id"])


# ---- proofs ----


def chain(chunk):
    """|chunk| and what it wraps: DistributedDataParallel, Float16Module, the model."""
    wrapped = [chunk]
    while len(wrapped) < 16:
        inner = getattr(wrapped[-1], "module", MISSING)
        if inner is MISSING or inner is None:
            break
        wrapped.append(inner)
    return wrapped


def in_chain(chunk, path):
    for part in chain(chunk):
        thing = resolve(part, path)
        if thing is not MISSING:
            return thing
    return MISSING


def objection(thing, seam, marker):
    """Why |thing| does not show that |seam| took effect; None: it does."""
    expect = seam["proof"]["expect"]
    if expect == "marker":
        return None if seam["id"] in marks(thing, marker) else "does not carry the marker"
    if expect == "class with marker":
        # "parameters" of a model is a method: what it lists is meant.
        kinds = {type(item) for item in thing()} if inspect.ismethod(thing) else {type(thing)}
        if any(seam["id"] in marks(kind, marker) for kind in kinds):
            return None
        return "is of class %s, which does not carry the marker" % ", ".join(sorted(kind.__qualname__ for kind in kinds))
    if expect.startswith("dtype "):
        wanted = expect[len("dtype "):]
        marked = [(name, item) for name, item in thing.named_parameters() if seam["id"] in marks(item, marker)]
        wrong = ["%s is %s" % (name, item.dtype) for name, item in marked if str(item.dtype) != wanted]
        return ", ".join(wrong) or (None if marked else "has no parameter with the marker")
    if expect == "sentinel" or expect.startswith("text "):
        wanted = expect[len("text "):] if expect.startswith("text ") else "%s: %s" % (marker, seam["id"])
        with open(inspect.getsourcefile(thing), encoding="utf-8", errors="replace") as stream:
            return None if wanted in stream.read() else "has no text %r in its file" % wanted
    return "cannot be looked at: nobody knows the expectation %r" % expect


def places(seam, chunks):
    """[(name, thing or MISSING)] of everything on this rank that must show the seam."""
    proof = seam["proof"]
    if proof["scope"] == "symbols":
        return [
            (
                (symbol["module"] + "." + symbol["attribute"]).rstrip("."),
                resolve(importlib.import_module(symbol["module"]), symbol["attribute"])
                if symbol["attribute"]
                else importlib.import_module(symbol["module"]),
            )
            for symbol in seam["symbols"]
        ]
    found = []
    if proof["scope"] == "model":
        # A stage without an embedding has none to show; that some rank has it is for whoever sees all ranks.
        things = [in_chain(chunk, proof["path"]) for chunk in chunks]
        return [("model." + proof["path"], thing) for thing in things if thing is not MISSING]
    for chunk in chunks:
        # Inside an MTP depth layers are counted anew, so that the two must not be mixed.
        trunk = in_chain(chunk, "decoder.layers")
        for layer in () if trunk is MISSING else trunk:
            number = getattr(layer, "layer_number", None)
            if number in seam["layers"]:
                found.append(("layer %d" % number, resolve(layer, proof["path"])))
        depths = in_chain(chunk, "mtp.layers") if seam["mtp_depths"] else MISSING
        for depth, block in enumerate(() if depths is MISSING else depths, 1):
            things = [resolve(module, proof["path"]) for module in block.modules()]
            things = [thing for thing in things if thing is not MISSING] or [MISSING]
            found.extend(("MTP depth %d" % depth, thing) for thing in things)
    return found


def prove(seam, chunks, marker):
    """(proved, where, why)"""
    shown, failed = [], []
    try:
        for name, thing in places(seam, chunks):
            if thing is MISSING:
                why = "is not there" if seam["proof"]["scope"] == "symbols" else "has no %s" % seam["proof"]["path"]
            else:
                why = objection(thing, seam, marker)
            if why is None:
                shown.append(name)
            else:
                failed.append((name, why))
    except Exception as error:  # a property of a model may raise anything
        return False, [], "looking at it raised %r" % error
    if failed:
        return False, [name for name, _ in failed], "; ".join("%s %s" % (name, why) for name, why in failed[:5])
    return True, sorted(set(shown), key=shown.index), "" if shown else "no part of it is on this rank"


def tell(verdicts):
    """Reports [(seam, (proved, where, why))], and ends this process if one did not prove itself."""
    for seam, (proved, where, why) in verdicts:
        emit("seam", seam=seam["id"], proved=proved, where=where, why=why)
        if not proved:
            say("seam %s did not prove itself: %s; without it: %s" % (seam["id"], why, seam["without"]))
    unproved = [seam["id"] for seam, (proved, _, _) in verdicts if not proved]
    if unproved:
        fail("proof", "did not prove itself after it was applied: " + ", ".join(unproved), unproved[0], at_once=True)


# ---- the release's functions ----


def wrap(hook, make):
    """Replaces a function of the release by make(function); its own marks stay on it."""
    module = importlib.import_module(hook["module"])
    function = getattr(module, hook["function"], None)
    if function is None:
        fail("hooks", "%s (%s) has no %s: this is not the release that the contract is for" %
             (hook["module"], module.__file__, hook["function"]))
    wrapper = functools.wraps(function)(make(function))
    setattr(module, hook["function"], wrapper)

    def undo():
        if getattr(module, hook["function"], None) is wrapper:
            setattr(module, hook["function"], function)

    return undo


def wrap_release(settings, applied, reported):
    marker = settings["marker"]
    by_model = [seam for seam, _, _ in applied if seam["proof"]["scope"] != "run"]
    by_event = [seam for seam, _, _ in applied if seam["proof"]["scope"] == "run"]
    undo = {}

    def validating(function):
        def validate(args, *rest, **named):
            for seam, context, provider in applied:
                if callable(getattr(provider, "before_validate", None)):
                    call_provider(seam, "before_validate", provider.before_validate, context, args)
            return function(args, *rest, **named)
        return validate

    def building(function):
        def build(*arguments, **named):
            result = function(*arguments, **named)
            undo["build"]()
            model = result[0] if isinstance(result, tuple) else result
            chunks = list(model) if isinstance(model, (list, tuple)) else [model]
            tell([(seam, prove(seam, chunks, marker)) for seam in by_model])
            emit("model_built")
            return result
        return build

    def tell_events(seams, when):
        def verdict(seam):
            name = seam["proof"]["path"]
            there = (seam["id"], name) in reported
            return there, [name] if there else [], "" if there else "no event %s %s" % (name, when)
        tell([(seam, verdict(seam)) for seam in seams])

    def stepping(function):
        def step(*arguments, **named):
            undo["step"]()
            tell_events([seam for seam in by_event if not seam["proof"]["in_first_step"]], "before the first step")
            result = function(*arguments, **named)
            tell_events([seam for seam in by_event if seam["proof"]["in_first_step"]], "in the first step")
            emit("first_step")
            return result
        return step

    for name, make in (("validate", validating), ("build", building), ("step", stepping)):
        undo[name] = wrap(settings["hooks"][name], make)


def end_with_parent(parent):
    """torchrun puts each rank into a session of its own, where no signal to the launcher's
    processes reaches it: the kernel ends it when torchrun is gone (PR_SET_PDEATHSIG, SIGKILL).
    |parent| is the process's parent at the start: one that has gone since told nobody."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return
    import ctypes

    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def run(settings, entry, arguments):
    different = differing(settings)
    if different:
        fail("environment", "; ".join(
            "%s is %s, the contract says %s" % (name, "not set" if found is None else repr(found),
                                                "that it is set" if wanted is None else repr(wanted))
            for name, wanted, found in different))
    early = too_early(settings)
    if early and settings["bootstrap_environment"]:
        fail("environment", "%s was imported before this program, and would not see %s; what executes at Python's start: %s" % (
            ", ".join(early), ", ".join(sorted(settings["bootstrap_environment"])), ", ".join(startup_files(early)) or "not known"))
    if early:
        emit("imported_early", modules=early, by=startup_files(early))
    if not os.path.isfile(entry):
        fail("entry", "there is no file %s" % entry)
    os.environ.update(settings["bootstrap_environment"])
    enter_folder(entry)
    wrong = wrong_release(settings)
    if wrong:
        fail("release", "the contract is for Megatron-Core %s; %s" % (
            settings["release"], "%s is %s" % (wrong[0], wrong[1] or "of no release") if wrong[0] else "there is none on the path"))

    reported = set()
    applied = apply_seams(settings, reported)
    wrap_release(settings, applied, reported)
    emit("bootstrap", seams=[seam["id"] for seam, _, _ in applied])
    sys.argv = [entry] + arguments
    runpy.run_path(entry, run_name="__main__")


# ---- probe ----


def version_of(name, module=None):
    top = name.split(".")[0]
    version = getattr(sys.modules.get(top) or module, "__version__", None)
    if isinstance(version, str):
        return version
    for distribution in (top, top.replace("_", "-")):
        try:
            return importlib.metadata.version(distribution)
        except (importlib.metadata.PackageNotFoundError, ValueError):
            pass
    return ""


def probe(settings, entry, seconds):
    """What can be told without importing comes first; each import is announced, so that a crash or a hang has a name."""
    import faulthandler
    faulthandler.enable()
    faulthandler.dump_traceback_later(max(1.0, 0.9 * seconds))
    early = too_early(settings)
    emit("probe", python=".".join(map(str, sys.version_info[:3])), executable=sys.executable,
         environment=[{"name": name, "wanted": wanted, "found": found} for name, wanted, found in differing(settings)],
         early=early, startup_files=startup_files(early) if early else [], entry=os.path.isfile(entry))
    os.environ.update(settings["bootstrap_environment"])
    enter_folder(entry)
    folder = os.path.dirname(os.path.realpath(entry))
    found = {}
    for name in settings["packages"]:
        found[name] = files = candidates(name)
        emit("probe_package", name=name, files=files, version=version_of(name),
             beside_entry=bool(files) and os.path.realpath(files[0]).startswith(folder + os.sep))
    if found.get("megatron.core"):
        emit("probe_release", wanted=settings["release"], found=release_of(found["megatron.core"][0]),
             file=found["megatron.core"][0])

    wanted = [name for name in ("torch", "triton", "transformer_engine") if found.get(name)]
    providers = [seam["module"] for seam in settings["seams"]]
    modules = [check["module"] for seam in settings["seams"] for check in seam["checks"]]
    wanted += [name for name in modules if name not in providers] + providers
    for name in dict.fromkeys(wanted):
        problem, module, began = None, None, time.monotonic()
        emit("probe_import", module=name, state="begins")
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            problem = {"kind": "missing", "module": error.name or name}
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            problem = {"kind": "raised", "error": "%s: %s" % (type(error).__name__, error)}
        emit("probe_import", module=name, state="done", problem=problem, file=getattr(module, "__file__", None) or "",
             version=version_of(name, module) if module else "", seconds=round(time.monotonic() - began, 3))
        for seam in settings["seams"]:
            for check in seam["checks"]:
                if module is not None and check["module"] == name:
                    there = not check["attribute"] or resolve(module, check["attribute"]) is not MISSING
                    applies = name != seam["module"] or callable(getattr(module, "apply", None))
                    emit("probe_check", seam=seam["id"], module=name, attribute=check["attribute"] if applies else "apply",
                         ok=there and applies)
    faulthandler.cancel_dump_traceback_later()
    emit("probe_end")


def main(words):
    probing = words[:1] == ["--probe"]
    words = words[1:] if probing else words
    if len(words) < 2 or (probing and len(words) != 3):
        sys.stderr.write(__doc__.split("\n\n")[1] + "\n")
        sys.exit(64)
    if not probing:
        end_with_parent(os.getppid())
    try:
        with open(words[0], encoding="utf-8") as stream:
            settings = json.load(stream)
        if settings["format"] != "nam56r.bootstrap/1":
            raise ValueError("its format is %r" % settings["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        fail("settings", "cannot read %s: %s" % (words[0], error))
    if probing:
        probe(settings, words[1], float(words[2]))
    else:
        run(settings, words[1], words[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
