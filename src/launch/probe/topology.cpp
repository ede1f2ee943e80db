#include "src/launch/probe/topology.h"

#include <hwloc.h>

#include <cstdlib>
#include <memory>

namespace nam56r::launch::probe {
namespace {

using Bitmap = std::unique_ptr<hwloc_bitmap_s, void (*)(hwloc_bitmap_t)>;

Bitmap Parse(const std::string& cpus) {
  Bitmap bitmap(hwloc_bitmap_alloc(), hwloc_bitmap_free);
  if (hwloc_bitmap_list_sscanf(bitmap.get(), cpus.c_str()) != 0) hwloc_bitmap_zero(bitmap.get());
  return bitmap;
}

std::string ListOf(hwloc_const_bitmap_t bitmap) {
  char* text = nullptr;
  if (hwloc_bitmap_list_asprintf(&text, bitmap) < 0) return {};
  const std::unique_ptr<char, void (*)(void*)> owner(text, std::free);
  return text;
}

}  // namespace

Topology ReadTopology(const std::string& synthetic) {
  Topology read;
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) {
    read.why = "hwloc does not start";
    return read;
  }
  const std::unique_ptr<hwloc_topology, void (*)(hwloc_topology_t)> topology(
      raw, hwloc_topology_destroy);
  if (!synthetic.empty() && hwloc_topology_set_synthetic(raw, synthetic.c_str()) != 0) {
    read.why = "hwloc does not understand '" + synthetic + "'";
    return read;
  }
  if (hwloc_topology_load(raw) != 0) {
    read.why = "hwloc cannot read this machine";
    return read;
  }
  read.packages = hwloc_get_nbobjs_by_type(raw, HWLOC_OBJ_PACKAGE);
  read.cores = hwloc_get_nbobjs_by_type(raw, HWLOC_OBJ_CORE);
  read.threads = hwloc_get_nbobjs_by_type(raw, HWLOC_OBJ_PU);
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(raw, HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    read.nodes.push_back({static_cast<std::int64_t>(node->os_index), ListOf(node->cpuset),
                          static_cast<std::int64_t>(node->attr->numanode.local_memory)});
  }
  return read;
}

std::optional<std::int64_t> NodeOf(const Topology& topology, const std::string& cpus) {
  const Bitmap wanted = Parse(cpus);
  if (hwloc_bitmap_iszero(wanted.get()) != 0) return std::nullopt;
  for (const NumaNode& node : topology.nodes) {
    const Bitmap has = Parse(node.cpus);
    if (hwloc_bitmap_isincluded(wanted.get(), has.get()) != 0) return node.number;
  }
  return std::nullopt;
}

}  // namespace nam56r::launch::probe
