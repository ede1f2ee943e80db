// Codes of engines torchrun and kubernetes.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"LAUNCH0501", "host", "launch --engine torchrun", "Which of the nodes this is was not said.",
     "Without a scheduler nobody but the operator knows, and two nodes 0 would both wait.",
     "launch of a host with nodes = 2", "launch --node-rank 0 there, launch --node-rank 1 here"},
    {"LAUNCH0502", "host", "launch", "Several nodes would meet at an address that each has.",
     "127.0.0.1 is another machine on every node.", "nodes = 2, master_addr = \"127.0.0.1\"",
     "master_addr = \"the first node's address\" below [network] of the host file"},
    {"LAUNCH0503", "host", "launch", "Several nodes would each take a free port of its own.",
     "Nobody tells the others which it was.", "nodes = 2, master_port = 0",
     "master_port = 29500 below [network] of the host file"},
    {"LAUNCH0504", "host", "launch", "The ranks do not divide among the nodes.",
     "torchrun starts as many ranks on every node.", "16 ranks on nodes = 3",
     "16 ranks on nodes = 2"},
    {"LAUNCH0505", "host", "launch", "More ranks on a node than it has GPUs.",
     "A rank of Megatron takes the GPU of its number on the node.",
     "8 ranks on a node of gpus_per_node = 4", "nodes = 2, gpus_per_node = 4"},
    {"LAUNCH0506", "host", "launch", "The interpreter or Megatron's entry point is not there.",
     "The run would fail after the receipt is made, and look like a failure of the run.",
     "megatron = \"a folder without pretrain_hybrid.py\"",
     "megatron = \"a checkout of core 0.18 or 0.19\" below [paths] of the host file"},
    {"LAUNCH0510", "host", "launch --engine kubernetes",
     "The host does not say what a manifest needs, or says what Kubernetes would refuse.",
     "What the cluster refuses is better known before anything is sent to it.",
     "no image below [kubernetes]", "image = \"registry.example/nam56r:1\" below [kubernetes]"},
    {"LAUNCH0511", "host", "launch --engine kubernetes",
     "The contract and its files are more than a ConfigMap holds.",
     "A ConfigMap holds 1 MiB, and the API server refuses a larger one.", "a contract of 2 MB",
     "launch --engine slurm of it"},
    {"LAUNCH0512", "policy", "launch --engine kubernetes",
     "A secret would lie readable in the cluster.",
     "Whoever may read Jobs in the namespace may read their environment.",
     "WANDB_API_KEY below [environment]", "a Secret that the service account's pods are given"},
    {"LAUNCH0513", "host", "launch --engine kubernetes",
     "The command has more words than a TrainJob takes.",
     "Its definition allows 128 words in command and 128 in args.", "a command of 300 words",
     "kind = \"jobset\" below [kubernetes] of the host file"},
    {"LAUNCH0514", "host", "launch --engine kubernetes", "The cluster does not take the manifest.",
     "It says why: no such namespace, no right to create, no JobSet controller.",
     "namespace = \"nowhere\" below [kubernetes]", "a namespace that kubectl get namespaces lists"},
};

}  // namespace

std::span<const Code> EngineCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
