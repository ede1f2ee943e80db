#include "runtime/comm/process_group.h"

#include <fmt/format.h>

#include <numeric>

namespace nam56r::runtime {
namespace {

class SoloGroup final : public ProcessGroup {
 public:
  SoloGroup(std::string name, std::int64_t global_rank)
      : ProcessGroup(std::move(name), {global_rank}, 0) {}

 private:
  [[noreturn]] static void Unreachable() {
    throw std::logic_error("a group of one has nobody to talk to");
  }
  Transfer DoAllReduceSum(const torch::Tensor&) override { Unreachable(); }
  Transfer DoSend(const torch::Tensor&, std::int64_t, int) override { Unreachable(); }
  Transfer DoReceive(const torch::Tensor&, std::int64_t, int) override { Unreachable(); }
  Transfer DoAllToAll(const torch::Tensor&, const torch::Tensor&, const std::vector<std::int64_t>&,
                      const std::vector<std::int64_t>&) override {
    Unreachable();
  }
};

void Require(bool condition, const char* what) {
  if (!condition) throw std::logic_error(what);
}

}  // namespace

void Transfer::Wait() {
  if (!state_) return;
  const std::unique_ptr<State> state = std::move(state_);
  state->Wait();
}

ProcessGroup::ProcessGroup(std::string name, std::vector<std::int64_t> members, std::int64_t rank)
    : name_(std::move(name)), members_(std::move(members)), rank_(rank) {
  Require(rank_ >= 0 && rank_ < size(), "a process group without this process");
}

Transfer ProcessGroup::StartAllReduceSum(const torch::Tensor& tensor) {
  Require(tensor.is_contiguous(), "all-reduce of a tensor that is not contiguous");
  if (size() == 1 || tensor.numel() == 0) return Transfer();
  return DoAllReduceSum(tensor);
}

Transfer ProcessGroup::Send(const torch::Tensor& tensor, std::int64_t peer, int tag) {
  Require(tensor.is_contiguous(), "send of a tensor that is not contiguous");
  Require(peer >= 0 && peer < size() && peer != rank_, "send to a rank that is not a peer");
  return DoSend(tensor, peer, tag);
}

Transfer ProcessGroup::Receive(const torch::Tensor& tensor, std::int64_t peer, int tag) {
  Require(tensor.is_contiguous(), "receive into a tensor that is not contiguous");
  Require(peer >= 0 && peer < size() && peer != rank_, "receive from a rank that is not a peer");
  return DoReceive(tensor, peer, tag);
}

void ProcessGroup::AllToAll(const torch::Tensor& output, const torch::Tensor& input,
                            const std::vector<std::int64_t>& receive,
                            const std::vector<std::int64_t>& send) {
  const auto sum = [](const std::vector<std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  };
  Require(std::ssize(send) == size() && std::ssize(receive) == size(),
          "all-to-all needs one count a rank");
  Require(input.is_contiguous() && output.is_contiguous(), "all-to-all of strided tensors");
  Require(input.size(0) == sum(send) && output.size(0) == sum(receive),
          "all-to-all counts do not add up to the rows");
  if (size() == 1) {
    output.copy_(input);
    return;
  }
  DoAllToAll(output, input, receive, send).Wait();
}

void ProcessGroup::Barrier() { AllReduceSum(torch::zeros({1}, torch::kInt64)); }

std::unique_ptr<ProcessGroup> MakeSoloGroup(std::string name, std::int64_t global_rank) {
  return std::make_unique<SoloGroup>(std::move(name), global_rank);
}

}  // namespace nam56r::runtime
