#pragma once

#include <torch/torch.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace nam56r::runtime {

/// A peer ended, stalled beyond the timeout or cannot be reached. The message names the group, its
/// ranks and the operation. Thrown, because it has to travel through autograd; the process that
/// catches it can only end.
class CommunicationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A transfer that may still be under way; keeps its tensor alive.
class Transfer {
 public:
  struct State {
    virtual ~State() = default;
    virtual void Wait() = 0;
  };

  Transfer() = default;  ///< one that is done
  explicit Transfer(std::unique_ptr<State> state) : state_(std::move(state)) {}

  /// Returns when the tensor has been sent or filled. Throws CommunicationError.
  void Wait();

 private:
  std::unique_ptr<State> state_;
};

/// A group of ranks that call the same collectives in the same order. Tensors are contiguous and on
/// the CPU. In a group of one every collective is done at once. All methods throw
/// CommunicationError.
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;

  const std::string& name() const { return name_; }
  /// Global ranks, in the group's order.
  const std::vector<std::int64_t>& members() const { return members_; }
  std::int64_t size() const { return static_cast<std::int64_t>(members_.size()); }
  /// This process within the group.
  std::int64_t rank() const { return rank_; }

  /// |tensor| becomes the sum over the group.
  Transfer StartAllReduceSum(const torch::Tensor& tensor);
  void AllReduceSum(const torch::Tensor& tensor) { StartAllReduceSum(tensor).Wait(); }

  /// |peer| is a rank within the group. Transfers between two ranks match by |tag| and order.
  Transfer Send(const torch::Tensor& tensor, std::int64_t peer, int tag);
  Transfer Receive(const torch::Tensor& tensor, std::int64_t peer, int tag);

  /// Leading rows of |input|, |send|[i] of them for rank i in order, go out; |output| holds
  /// |receive|[i] rows from rank i in order.
  void AllToAll(const torch::Tensor& output, const torch::Tensor& input,
                const std::vector<std::int64_t>& receive, const std::vector<std::int64_t>& send);

  /// Returns when every rank of the group has called it.
  void Barrier();

 protected:
  ProcessGroup(std::string name, std::vector<std::int64_t> members, std::int64_t rank);

  virtual Transfer DoAllReduceSum(const torch::Tensor& tensor) = 0;
  virtual Transfer DoSend(const torch::Tensor& tensor, std::int64_t peer, int tag) = 0;
  virtual Transfer DoReceive(const torch::Tensor& tensor, std::int64_t peer, int tag) = 0;
  virtual Transfer DoAllToAll(const torch::Tensor& output, const torch::Tensor& input,
                              const std::vector<std::int64_t>& receive,
                              const std::vector<std::int64_t>& send) = 0;

 private:
  std::string name_;
  std::vector<std::int64_t> members_;
  std::int64_t rank_;
};

/// A group of this process alone: sends nothing.
std::unique_ptr<ProcessGroup> MakeSoloGroup(std::string name, std::int64_t global_rank);

}  // namespace nam56r::runtime
