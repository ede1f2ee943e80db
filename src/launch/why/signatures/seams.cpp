// Seams: code that a backend lacks or that replaces its own.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY4001",
        .cls = Class::kSeam,
        .title = "A required seam that did not apply",
        .cause = "The seam {1} is required and did not prove itself.",
        .all =
            {R"re("event":"seam".*"seam":"([\w.-]+)".*"proved":false|"proved":false.*"seam":"([\w.-]+)")re"},
        .confidence = 0.95,
        .next =
            "Run `nam56r seams CONTRACT` to see what it replaces, and mend its probe on this host.",
        .fields = {"policy.seams.required"},
        .why = "After the model is built each required seam proves that its code is in the model. "
               "One that is not trains another model.",
        .matches =
            R"(@nam56r {"event":"seam","rank":0,"seam":"m2rnn-mixer","proved":false,"where":[],"why":"no layer has it"})",
        .near_miss =
            R"(@nam56r {"event":"seam","rank":0,"seam":"m2rnn-mixer","proved":true,"where":["layer 3"],"why":""})",
        .source = "docs/events.md of this project",
    },
    {
        .code = "WHY4002",
        .cls = Class::kSeam,
        .title = "A seam's code that cannot be imported",
        .cause = "A seam's code is not in the interpreter: {1}.",
        .all = {R"((?:ModuleNotFoundError|ImportError):.*'((?:cppmega|nam56r)[\w.]*)')"},
        .confidence = 0.88,
        .next = "Put the package on the path of the ranks' interpreter.",
        .fields = {"policy.seams.required"},
        .why = "Layers and patches that the backend lacks come from packages of their own.",
        .matches = "ModuleNotFoundError: No module named 'cppmega.megatron'",
        .near_miss = "ModuleNotFoundError: No module named 'yaml'",
        .source = "python/cpython v3.12 Lib/importlib/_bootstrap.py:1324",
    },
    {
        .code = "WHY4003",
        .cls = Class::kSeam,
        .title = "A symbol that a layer pattern does not know",
        .cause = "A layer symbol of the pattern is not known to the backend: {1}.",
        .all =
            {R"(((?:unexpected layer (?:type|symbol)|[Ii]n hybrid.*(?:pattern|override).*not (?:one of|a valid)|'\w' is not one of|not a valid layer (?:symbol|type)|unknown layer symbol).*))"},
        .confidence = 0.75,
        .next = "Write the pattern in symbols of this release, or register the seam that adds the "
                "symbol.",
        .fields = {"recipe.model.pattern", "policy.seams.required"},
        .why = "Hybrid patterns are read letter by letter; R, and M in its third form, come from "
               "seams.",
        .matches = "ValueError: In hybrid layer pattern, 'R' is not one of {'M','*','-','E'}",
        .near_miss = "pattern: MMM*",
        .source =
            "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/ssm/mamba_hybrid_layer_allocation.py",
        .rule = "PLAN1205",
    },
};

}  // namespace

std::span<const Signature> SeamSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
