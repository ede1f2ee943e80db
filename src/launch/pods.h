#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// Names and places of a run on Kubernetes that its command line needs and its manifest gives.
namespace nam56r::launch {

/// Where the contract and the bootstrap lie within a container, read-only.
inline constexpr std::string_view kPodFiles = "/etc/nam56r";
/// What a container may write and loses at its end.
inline constexpr std::string_view kPodScratch = "/tmp/nam56r";
/// The number of a pod. The Job controller writes it to an annotation of each pod, and the kubelet
/// replaces this text in command, args and env by the variable that is declared from it.
/// Sources: kubernetes/kubernetes, pkg/controller/job/indexed_job_utils.go; kubernetes/website,
/// "Define Dependent Environment Variables".
inline constexpr std::string_view kPodIndex = "$(JOB_COMPLETION_INDEX)";
inline constexpr std::string_view kPodIndexVariable = "JOB_COMPLETION_INDEX";
/// Of the replicated job, and of the container in it: what Kubeflow's runtimes call theirs
/// (kubeflow/trainer, pkg/constants/constants.go, `Node`).
inline constexpr std::string_view kPodJob = "node";
/// Pods of one network namespace each have every port; this is the one that torchrun and Kubeflow
/// take.
inline constexpr std::int64_t kPodPort = 29500;

/// A name that no other receipt has: an RFC 1035 label of at most 40 characters, so that the pods'
/// names ("NAME-node-0-INDEX-xxxxx") stay below 63.
std::string PodSetName(const std::filesystem::path& receipt_directory);

/// Where the first pod is found: "NAME-node-0-0.NAME", the name that JobSet's headless service
/// gives (kubernetes-sigs/jobset, pkg/controllers/jobset_controller.go).
std::string FirstPodAddress(const std::string& name);

}  // namespace nam56r::launch
