#include "src/launch/slurm/node_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <utility>

namespace nam56r::launch::slurm {

NodeWatch::NodeWatch(const SlurmTools& tools, std::string node_list)
    : tools_(tools), node_list_(std::move(node_list)), thread_([this] { Run(); }) {}

NodeWatch::~NodeWatch() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

std::optional<NodeWatch::Lost> NodeWatch::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void NodeWatch::Run() {
  std::string doubtful;  // the node that was lost the last time: one answer may be a moment's
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, std::chrono::seconds(1), [this] { return done_; })) {
    lock.unlock();
    const auto nodes = tools_.ShowNodes(node_list_);
    lock.lock();
    if (!nodes) continue;
    std::string now;
    for (const Node& node : *nodes) {
      if (!node.Lost()) continue;
      now = node.name;
      if (node.name != doubtful || lost_) continue;
      lost_ = Lost{node.name, fmt::format("slurmctld says {}", fmt::join(node.state, "+"))};
      if (!node.reason.empty()) lost_->why += ": " + node.reason;
    }
    doubtful = now;
  }
}

}  // namespace nam56r::launch::slurm
