// The native backend; weigh_native.cpp reads the code of the first.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY3901",
        .cls = Class::kUnknown,
        .title = "A refusal of the native worker",
        .cause = "The worker refuses the launch: {1}: {2}.",
        .all = {R"(error\[([A-Z]{3,}\d{4})\]: (.*))"},
        .confidence = 0.9,
        .next = "Follow the help below the message; `nam56r explain {1}` says more.",
        .why = "The worker checks contract, environment, host and data before it starts, and names "
               "the code of what it refuses.",
        .matches = "error[COMM0003]: WORLD_SIZE is 2, and the layout has 4 ranks",
        .near_miss = "error[E0308]: mismatched types",
        .source = "runtime/ of this project (src/contract/codes_run.cpp)",
    },
    {
        .code = "WHY3902",
        .cls = Class::kPolicy,
        .title = "A training step that is not finite",
        .cause = "Training diverged: {1}.",
        .all =
            {R"((step \d+, rank \d+ \(stage \d+, data-parallel rank \d+\): (?:the gradient of .* is not finite.*|the global gradient norm is not finite|.*loss of micro-batch \d+ is -?(?:nan|inf))))"},
        .confidence = 0.6,
        .next = "Lower the learning rate or lengthen the warmup; compare with a run in a higher "
                "precision.",
        .fields = {"policy.optimizer.lr", "policy.optimizer.lr_warmup_iters"},
        .why = "The worker checks losses, the gradient of every parameter, and the norm, and names "
               "the first that is not finite.",
        .matches = "step 12, rank 1 (stage 0, data-parallel rank 1): the gradient of "
                   "embedding.weight is not finite",
        .near_miss = "step 12, rank 1: loss 3.2",
        .source = "runtime/ of this project (runtime/train/trainer.cpp)",
    },
    {
        .code = "WHY3903",
        .cls = Class::kUnknown,
        .role = Role::kCascade,
        .title = "A peer that ended or stalled",
        .cause = "An exchange failed because another rank ended or stalled.",
        .all = {"one of these ranks has ended or stalled, its log says why"},
        .confidence = 0.9,
        .next = "Read the log of the rank that ended first.",
        .why = "A rank that waits for another says so when the other is gone.",
        .matches =
            "rank 0: all-reduce in the data-parallel group (ranks 0, 1) failed after 2.0 s of at "
            "most 60.0 s: closed; one of these ranks has ended or stalled, its log says why",
        .near_miss = "rank 0: done",
        .source = "runtime/ of this project (runtime/comm/gloo_group.cpp)",
    },
    {
        .code = "WHY3904",
        .cls = Class::kHost,
        .title = "Ranks of the native worker that do not meet",
        .cause = "The ranks did not meet at {1}.",
        .all = {R"(the ranks did not meet at (\S+) within)"},
        .confidence = 0.7,
        .next =
            "See that all ranks were started, and that address, port and interface are reachable.",
        .fields = {"host.network.interface", "host.network.master_addr"},
        .why = "One of the ranks is not there, or listens elsewhere.",
        .matches = "rank 1 of 2: the ranks did not meet at 127.0.0.1:29500 within 10.0 s: timeout; "
                   "is rank 0 there?",
        .near_miss = "the ranks met",
        .source = "runtime/ of this project (runtime/comm/gloo_group.cpp)",
    },
    {
        .code = "WHY3905",
        .cls = Class::kHost,
        .title = "A network interface that the node does not have",
        .cause = "Gloo finds no network device: {1}.",
        .all =
            {R"((?:no network device on (.*?):|Unable to find address for: (\S+)|unable to find .* interface))"},
        .confidence = 0.8,
        .next = "Name an interface that every node has.",
        .fields = {"host.network.interface"},
        .why = "Gloo binds to the interface that GLOO_SOCKET_IFNAME names, or to that of the "
               "host's name.",
        .matches = "rank 0: no network device on interface eth7: Unable to find address; set "
                   "GLOO_SOCKET_IFNAME to an interface of this host",
        .near_miss = "network device eth0",
        .source = "pytorch/gloo 2024 gloo/transport/tcp/device.cc; runtime/ of this project "
                  "(runtime/comm/gloo_group.cpp)",
    },
    {
        .code = "WHY3906",
        .cls = Class::kCode,
        .title = "A broken invariant of this project",
        .cause = "This program broke a rule of its own: {1}.",
        .all = {"nam56r(?:-worker)?: internal error: (.*)"},
        .confidence = 0.9,
        .next = "Report it with the receipt.",
        .why = "The message is of a check that no input should reach.",
        .matches = "nam56r: internal error: no such stage",
        .near_miss = "internal error of the GPU",
        .source = "runtime/ of this project (src/cli/nam56r_main.cpp)",
    },
};

}  // namespace

std::span<const Signature> NativeSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
