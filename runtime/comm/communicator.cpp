#include "runtime/comm/communicator.h"

#include <fmt/format.h>

#include <numeric>

namespace nam56r::runtime {
namespace {

base::Diagnostic CommunicatorRefusal(std::string code, std::string message,
                                     std::vector<std::string> fields) {
  base::Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.surface = base::Surface::kHost;
  diagnostic.message = std::move(message);
  diagnostic.fields = std::move(fields);
  return diagnostic;
}

}  // namespace

Communicator::Communicator(const Rendezvous& rendezvous, const Topology& topology)
    : rank_(rendezvous.rank), topology_(topology), at_(topology.At(rendezvous.rank)) {}

base::Expected<std::unique_ptr<Communicator>> Communicator::Connect(
    const Rendezvous& rendezvous, const Topology& topology, const CommunicatorOptions& options) {
  if (rendezvous.world_size != topology.world()) {
    return CommunicatorRefusal("COMM0003",
                               fmt::format("WORLD_SIZE is {}, the layout wants {} ranks",
                                           rendezvous.world_size, topology.world()),
                               {"WORLD_SIZE", "layout.world_size"});
  }
  std::unique_ptr<Communicator> communicator(new Communicator(rendezvous, topology));
  try {
    if (topology.world() > 1) {
      communicator->fabric_ =
          std::make_unique<GlooFabric>(rendezvous, options.timeout, options.activity);
    }
    const auto make = [&](const std::string& name, const std::vector<std::int64_t>& members) {
      return members.size() == 1 ? MakeSoloGroup(name, rendezvous.rank)
                                 : communicator->fabric_->MakeGroup(name, members);
    };
    std::vector<std::int64_t> everybody(static_cast<std::size_t>(topology.world()));
    std::iota(everybody.begin(), everybody.end(), 0);
    communicator->world_ = make("world", everybody);
    // The same order of kinds everywhere: making a group waits for its members.
    for (const GroupKind kind : kGroupKinds) {
      communicator->groups_[kind] =
          make(std::string(NameOf(kind)), topology.Members(kind, rendezvous.rank));
    }
  } catch (const CommunicationError& error) {
    return CommunicatorRefusal("COMM0004", error.what(),
                               {"MASTER_ADDR", "MASTER_PORT", "GLOO_SOCKET_IFNAME"});
  }
  return communicator;
}

}  // namespace nam56r::runtime
