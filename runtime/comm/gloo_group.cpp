#include "runtime/comm/gloo_group.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <algorithm>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace nam56r::runtime {
namespace {

using Clock = std::chrono::steady_clock;

/// LibTorch appends a C++ stack trace to its messages; the first line says what happened.
std::string FirstLine(const char* what) {
  const std::string_view text = what;
  return std::string(text.substr(0, text.find('\n')));
}

/// How to name a group in a message, and how to report that an operation in it failed.
struct Label {
  std::string name;
  std::vector<std::int64_t> members;
  std::int64_t rank = 0;
  std::chrono::milliseconds timeout{};
  Activity* activity = nullptr;

  /// While this rank may wait for the others of the group.
  Activity::Scope Waiting(const std::string& operation) const {
    if (activity == nullptr) return Activity::Scope(nullptr, {});
    return Activity::Scope(activity, "exchange " + name,
                           fmt::format("{} (ranks {})", operation, fmt::join(members, ", ")));
  }

  [[noreturn]] void Fail(const std::string& operation, Clock::time_point start,
                         const std::exception& error) const {
    throw CommunicationError(fmt::format(
        "rank {}: {} in the {} group (ranks {}) failed after {:.1f} s of at most {:.1f} s: {}; one "
        "of these ranks has ended or stalled, its log says why",
        members[static_cast<std::size_t>(rank)], operation, name, fmt::join(members, ", "),
        std::chrono::duration<double>(Clock::now() - start).count(),
        std::chrono::duration<double>(timeout).count(), FirstLine(error.what())));
  }
};

class WorkState final : public Transfer::State {
 public:
  WorkState(c10::intrusive_ptr<c10d::Work> work, torch::Tensor tensor,
            std::shared_ptr<const Label> label, std::string operation)
      : work_(std::move(work)),
        tensor_(std::move(tensor)),
        label_(std::move(label)),
        operation_(std::move(operation)) {}

  void Wait() override {
    const auto start = Clock::now();
    const Activity::Scope waiting = label_->Waiting(operation_);
    try {
      work_->wait();
    } catch (const std::exception& error) {
      label_->Fail(operation_, start, error);
    }
  }

 private:
  c10::intrusive_ptr<c10d::Work> work_;
  torch::Tensor tensor_;
  std::shared_ptr<const Label> label_;
  std::string operation_;
};

class GlooGroup final : public ProcessGroup {
 public:
  GlooGroup(std::unique_ptr<c10d::ProcessGroupGloo> gloo, const Label& label)
      : ProcessGroup(label.name, label.members, label.rank),
        gloo_(std::move(gloo)),
        label_(std::make_shared<const Label>(label)) {}

 private:
  template <class Start>
  Transfer Run(std::string operation, const torch::Tensor& tensor, Start start) {
    const auto begin = Clock::now();
    const Activity::Scope waiting = label_->Waiting(operation);
    try {
      return Transfer(std::make_unique<WorkState>(start(), tensor, label_, operation));
    } catch (const std::exception& error) {
      label_->Fail(operation, begin, error);
    }
  }

  std::int64_t Global(std::int64_t peer) const {
    return members().at(static_cast<std::size_t>(peer));
  }

  Transfer DoAllReduceSum(const torch::Tensor& tensor) override {
    return Run(fmt::format("all-reduce of {} elements", tensor.numel()), tensor, [&] {
      std::vector<at::Tensor> tensors = {tensor};
      return gloo_->allreduce(tensors);
    });
  }

  Transfer DoSend(const torch::Tensor& tensor, std::int64_t peer, int tag) override {
    return Run(fmt::format("send of {} elements to rank {}", tensor.numel(), Global(peer)), tensor,
               [&] {
                 std::vector<at::Tensor> tensors = {tensor};
                 return gloo_->send(tensors, static_cast<int>(peer), tag);
               });
  }

  Transfer DoReceive(const torch::Tensor& tensor, std::int64_t peer, int tag) override {
    return Run(fmt::format("receive of {} elements from rank {}", tensor.numel(), Global(peer)),
               tensor, [&] {
                 std::vector<at::Tensor> tensors = {tensor};
                 return gloo_->recv(tensors, static_cast<int>(peer), tag);
               });
  }

  Transfer DoAllToAll(const torch::Tensor& output, const torch::Tensor& input,
                      const std::vector<std::int64_t>& receive,
                      const std::vector<std::int64_t>& send) override {
    return Run(fmt::format("all-to-all of {} rows", input.size(0)), output, [&] {
      at::Tensor to = output;
      at::Tensor from = input;
      std::vector<std::int64_t> to_counts = receive;
      std::vector<std::int64_t> from_counts = send;
      return gloo_->alltoall_base(to, from, to_counts, from_counts);
    });
  }

  std::unique_ptr<c10d::ProcessGroupGloo> gloo_;
  std::shared_ptr<const Label> label_;
};

std::shared_ptr<::gloo::transport::Device> MakeDevice(const Rendezvous& rendezvous) {
  using Gloo = c10d::ProcessGroupGloo;
  if (!rendezvous.interface.empty()) return Gloo::createDeviceForInterface(rendezvous.interface);
  // The machine's own name often resolves to an address that others cannot reach; when the ranks
  // meet on the loopback address they are all here.
  const std::string& master = rendezvous.master_address;
  if (master == "localhost" || master.starts_with("127.") || master == "::1") {
    return Gloo::createDeviceForHostname(master);
  }
  return Gloo::createDefaultDevice();
}

}  // namespace

struct GlooFabric::Impl {
  Rendezvous rendezvous;
  std::chrono::milliseconds timeout{};
  Activity* activity = nullptr;
  std::shared_ptr<::gloo::transport::Device> device;
  c10::intrusive_ptr<c10d::Store> store;
};

GlooFabric::GlooFabric(const Rendezvous& rendezvous, std::chrono::milliseconds timeout,
                       Activity* activity)
    : impl_(std::make_unique<Impl>()) {
  impl_->rendezvous = rendezvous;
  impl_->timeout = timeout;
  impl_->activity = activity;
  const Activity::Scope meeting(
      activity, "exchange rendezvous",
      fmt::format("meeting at {}:{}", rendezvous.master_address, rendezvous.master_port));
  try {
    impl_->device = MakeDevice(rendezvous);
  } catch (const std::exception& error) {
    throw CommunicationError(fmt::format(
        "rank {}: no network device on {}: {}; set GLOO_SOCKET_IFNAME to an interface of this host",
        rendezvous.rank,
        rendezvous.interface.empty() ? "the address of " + rendezvous.master_address
                                     : "interface " + rendezvous.interface,
        FirstLine(error.what())));
  }
  const auto fail = [&](const std::string& what, const std::string& question) {
    throw CommunicationError(fmt::format(
        "rank {} of {}: the ranks did not meet at {}:{} within {:.1f} s: {}; {}", rendezvous.rank,
        rendezvous.world_size, rendezvous.master_address, rendezvous.master_port,
        std::chrono::duration<double>(timeout).count(), what, question));
  };
  try {
    c10d::TCPStoreOptions options;
    options.port = rendezvous.master_port;
    options.isServer = rendezvous.rank == 0;
    options.waitWorkers = false;
    options.timeout = timeout;
    impl_->store = c10::make_intrusive<c10d::TCPStore>(rendezvous.master_address, options);
  } catch (const std::exception& error) {
    fail(FirstLine(error.what()), rendezvous.rank == 0 ? "is the port taken by another program?"
                                                       : "did rank 0 start, and is it reachable?");
  }
  // LibTorch 1.13's own wait for the workers returns in silence when its time is up, and cannot
  // say who is missing.
  const auto key = [](std::int64_t rank) { return fmt::format("joined/{}", rank); };
  std::vector<std::string> everybody;
  for (std::int64_t rank = 0; rank < rendezvous.world_size; ++rank) {
    everybody.push_back(key(rank));
  }
  std::vector<std::int64_t> missing;
  try {
    impl_->store->set(key(rendezvous.rank), std::vector<std::uint8_t>{1});
    impl_->store->wait(everybody, timeout);
    return;
  } catch (const std::exception& error) {
    try {
      for (std::int64_t rank = 0; rank < rendezvous.world_size; ++rank) {
        if (!impl_->store->check({key(rank)})) missing.push_back(rank);
      }
    } catch (const std::exception&) {
      fail(FirstLine(error.what()), "the store is gone: has rank 0 ended?");
    }
  }
  fail(fmt::format("ranks that did not join: {}", fmt::join(missing, ", ")),
       "did every rank start?");
}

GlooFabric::~GlooFabric() = default;

std::unique_ptr<ProcessGroup> GlooFabric::MakeGroup(const std::string& name,
                                                    const std::vector<std::int64_t>& members) {
  const auto self = std::find(members.begin(), members.end(), impl_->rendezvous.rank);
  if (self == members.end() || members.size() < 2) {
    throw std::logic_error(fmt::format("rank {} makes group {} of ranks {}", impl_->rendezvous.rank,
                                       name, fmt::join(members, ", ")));
  }
  const Label label{name, members, self - members.begin(), impl_->timeout, impl_->activity};
  const auto start = Clock::now();
  try {
    auto store = c10::make_intrusive<c10d::PrefixStore>(
        fmt::format("{}/{}", name, fmt::join(members, ",")), impl_->store);
    auto options = c10d::ProcessGroupGloo::Options::create(impl_->timeout);
    options->devices.push_back(impl_->device);
    options->threads = 1;  // collectives of one group run one after the other
    return std::make_unique<GlooGroup>(
        std::make_unique<c10d::ProcessGroupGloo>(store, static_cast<int>(label.rank),
                                                 static_cast<int>(members.size()), options),
        label);
  } catch (const std::exception& error) {
    label.Fail("connecting", start, error);
  }
}

}  // namespace nam56r::runtime
