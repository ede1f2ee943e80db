#include "src/launch/probe/nvml.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <utility>

namespace nam56r::launch::probe {
namespace {

// Types and numbers as nvml.h declares them (github.com/NVIDIA/go-nvml, pkg/nvml/nvml.h). Written
// out here, because the header is no part of Debian and the ABI of these versions is fixed.
using Return = int;
using Device = void*;
constexpr Return kSuccess = 0;           // NVML_SUCCESS
constexpr Return kInsufficientSize = 7;  // NVML_ERROR_INSUFFICIENT_SIZE
constexpr unsigned kMaxLinks = 36;       // NVML_NVLINK_MAX_LINKS
constexpr int kCorrected = 0;            // NVML_MEMORY_ERROR_TYPE_CORRECTED
constexpr int kUncorrected = 1;          // NVML_MEMORY_ERROR_TYPE_UNCORRECTED
constexpr int kVolatile = 0;             // NVML_VOLATILE_ECC
constexpr int kAggregate = 1;            // NVML_AGGREGATE_ECC

struct Memory {  // nvmlMemory_t
  unsigned long long total, free, used;
};
struct MemoryV2 {  // nvmlMemory_v2_t
  unsigned version;
  unsigned long long total, reserved, free, used;
};
constexpr unsigned kMemoryV2 = sizeof(MemoryV2) | (2u << 24);  // NVML_STRUCT_VERSION(Memory, 2)

struct PciInfo {  // nvmlPciInfo_t
  char legacy[16];
  unsigned domain, bus, device, device_id, subsystem_id;
  char bus_id[32];
};
struct ProcessInfo {  // nvmlProcessInfo_v2_t
  unsigned pid;
  unsigned long long bytes;
  unsigned gpu_instance, compute_instance;
};
constexpr unsigned long long kNotAvailable = ~0ull;  // NVML_VALUE_NOT_AVAILABLE

struct FabricInfo {  // nvmlGpuFabricInfo_t
  unsigned char cluster[16];
  Return status;
  unsigned clique;
  unsigned char state;
};
constexpr std::array kFabricStates = {"", "not started", "in progress", "completed"};

// nvmlClocksEventReason*, those that cost speed; being idle is none.
constexpr std::array kClockReasons = {
    std::pair{0x04ull, "sw_power_cap"}, std::pair{0x08ull, "hw_slowdown"},
    std::pair{0x20ull, "sw_thermal_slowdown"}, std::pair{0x40ull, "hw_thermal_slowdown"},
    std::pair{0x80ull, "hw_power_brake_slowdown"}};

/// The library while it is open.
class Library {
 public:
  explicit Library(const char* name) : handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (initialized_) Call<Return()>("nvmlShutdown");
    if (handle_ != nullptr) ::dlclose(handle_);
  }

  explicit operator bool() const { return handle_ != nullptr; }
  Return Initialize() {
    const Return result = Call<Return()>("nvmlInit_v2");
    initialized_ = result == kSuccess;
    return result;
  }

  /// NVML_ERROR_FUNCTION_NOT_FOUND for one that this version of the library does not have.
  template <class Function, class... Arguments>
  Return Call(const char* name, Arguments... arguments) const {
    constexpr Return kFunctionNotFound = 13;
    void* symbol = ::dlsym(handle_, name);
    if (symbol == nullptr) return kFunctionNotFound;
    return reinterpret_cast<Function*>(symbol)(arguments...);
  }

  std::string Error(Return result) const {
    void* symbol = ::dlsym(handle_, "nvmlErrorString");
    if (symbol == nullptr) return "error " + std::to_string(result);
    return reinterpret_cast<const char* (*)(Return)>(symbol)(result);
  }

  /// A text that the library writes into a buffer; empty where it has none.
  template <class... Arguments>
  std::string Text(const char* name, Arguments... arguments) const {
    std::array<char, 256> text{};
    const Return result = Call<Return(Arguments..., char*, unsigned)>(
        name, arguments..., text.data(), static_cast<unsigned>(text.size() - 1));
    return result == kSuccess ? text.data() : "";
  }

 private:
  void* handle_;
  bool initialized_ = false;
};

void ReadMemory(const Library& nvml, Device device, Gpu& gpu) {
  MemoryV2 two{};
  two.version = kMemoryV2;
  if (nvml.Call<Return(Device, MemoryV2*)>("nvmlDeviceGetMemoryInfo_v2", device, &two) ==
      kSuccess) {
    gpu.memory_total = static_cast<std::int64_t>(two.total);
    gpu.memory_used = static_cast<std::int64_t>(two.used);
    gpu.memory_reserved = static_cast<std::int64_t>(two.reserved);
    return;
  }
  Memory one{};
  if (nvml.Call<Return(Device, Memory*)>("nvmlDeviceGetMemoryInfo", device, &one) == kSuccess) {
    gpu.memory_total = static_cast<std::int64_t>(one.total);
    gpu.memory_used = static_cast<std::int64_t>(one.used);
  }
}

void ReadProcesses(const Library& nvml, Device device, Gpu& gpu) {
  using Function = Return(Device, unsigned*, ProcessInfo*);
  constexpr unsigned kMost = 4096;
  unsigned count = 64;
  std::vector<ProcessInfo> found(count);
  Return result = kInsufficientSize;
  // More may start between two calls.
  for (int attempt = 0; attempt < 4 && result == kInsufficientSize; ++attempt) {
    result = nvml.Call<Function>("nvmlDeviceGetComputeRunningProcesses_v3", device, &count,
                                 found.data());
    if (result != kInsufficientSize) break;
    count = std::min(2 * count + 64, kMost);
    found.resize(count);
  }
  if (result != kSuccess) return;
  for (unsigned i = 0; i < count && i < found.size(); ++i) {
    GpuProcess process{static_cast<std::int64_t>(found[i].pid), std::nullopt};
    if (found[i].bytes != kNotAvailable) {
      process.bytes = static_cast<std::int64_t>(found[i].bytes);
    }
    gpu.processes.push_back(process);
  }
}

void ReadLinks(const Library& nvml, Device device, Gpu& gpu) {
  for (unsigned link = 0; link < kMaxLinks; ++link) {
    int active = 0;
    if (nvml.Call<Return(Device, unsigned, int*)>("nvmlDeviceGetNvLinkState", device, link,
                                                  &active) != kSuccess) {
      continue;
    }
    ++gpu.links;
    if (active != 0) ++gpu.links_active;
  }
}

std::optional<EccErrors> ReadEcc(const Library& nvml, Device device, int counter) {
  using Function = Return(Device, int, int, unsigned long long*);
  unsigned long long corrected = 0;
  unsigned long long uncorrected = 0;
  for (const auto& [type, count] :
       {std::pair{kCorrected, &corrected}, std::pair{kUncorrected, &uncorrected}}) {
    if (nvml.Call<Function>("nvmlDeviceGetTotalEccErrors", device, type, counter, count) !=
        kSuccess) {
      return std::nullopt;
    }
  }
  return EccErrors{static_cast<std::int64_t>(corrected), static_cast<std::int64_t>(uncorrected)};
}

void ReadModes(const Library& nvml, Device device, Gpu& gpu) {
  unsigned current = 0;
  unsigned pending = 0;
  if (nvml.Call<Return(Device, unsigned*, unsigned*)>("nvmlDeviceGetMigMode", device, &current,
                                                      &pending) == kSuccess) {
    gpu.mig = current != 0;
  }
  int persistence = 0;
  if (nvml.Call<Return(Device, int*)>("nvmlDeviceGetPersistenceMode", device, &persistence) ==
      kSuccess) {
    gpu.persistence = persistence != 0;
  }
  unsigned long long reasons = 0;
  using Function = Return(Device, unsigned long long*);
  // The first is the name since 12.2, the second the one before.
  if (nvml.Call<Function>("nvmlDeviceGetCurrentClocksEventReasons", device, &reasons) == kSuccess ||
      nvml.Call<Function>("nvmlDeviceGetCurrentClocksThrottleReasons", device, &reasons) ==
          kSuccess) {
    for (const auto& [bit, name] : kClockReasons) {
      if ((reasons & bit) != 0) gpu.clock_limits.emplace_back(name);
    }
  }
  FabricInfo fabric{};
  if (nvml.Call<Return(Device, FabricInfo*)>("nvmlDeviceGetGpuFabricInfo", device, &fabric) ==
          kSuccess &&
      fabric.state > 0 && fabric.state < kFabricStates.size()) {
    gpu.fabric = kFabricStates[fabric.state];
    if (fabric.status != kSuccess && *gpu.fabric == "completed") {
      gpu.fabric = nvml.Error(fabric.status);
    }
  }
}

Gpu ReadGpu(const Library& nvml, Device device) {
  Gpu gpu;
  gpu.name = nvml.Text("nvmlDeviceGetName", device);
  gpu.uuid = nvml.Text("nvmlDeviceGetUUID", device);
  PciInfo pci{};
  if (nvml.Call<Return(Device, PciInfo*)>("nvmlDeviceGetPciInfo_v3", device, &pci) == kSuccess) {
    gpu.pci_bus_id = std::string(pci.bus_id, ::strnlen(pci.bus_id, sizeof pci.bus_id));
  }
  int major = 0;
  int minor = 0;
  if (nvml.Call<Return(Device, int*, int*)>("nvmlDeviceGetCudaComputeCapability", device, &major,
                                            &minor) == kSuccess) {
    gpu.architecture = "sm_" + std::to_string(major) + std::to_string(minor);
  }
  ReadMemory(nvml, device, gpu);
  ReadProcesses(nvml, device, gpu);
  ReadLinks(nvml, device, gpu);
  gpu.ecc_volatile = ReadEcc(nvml, device, kVolatile);
  gpu.ecc_aggregate = ReadEcc(nvml, device, kAggregate);
  ReadModes(nvml, device, gpu);
  return gpu;
}

}  // namespace

NvmlReading ReadNvml(const char* library) {
  NvmlReading reading;
  Library nvml(library);
  if (!nvml) {
    reading.why = "no NVML here";
    return reading;
  }
  if (const Return result = nvml.Initialize(); result != kSuccess) {
    reading.why = "NVML does not start: " + nvml.Error(result);
    return reading;
  }
  reading.present = true;
  reading.driver = nvml.Text("nvmlSystemGetDriverVersion");
  int cuda = 0;
  if (nvml.Call<Return(int*)>("nvmlSystemGetCudaDriverVersion_v2", &cuda) == kSuccess) {
    reading.cuda = std::to_string(cuda / 1000) + "." + std::to_string(cuda % 1000 / 10);
  }
  unsigned count = 0;
  if (const Return result = nvml.Call<Return(unsigned*)>("nvmlDeviceGetCount_v2", &count);
      result != kSuccess) {
    reading.not_read.push_back("number of GPUs: " + nvml.Error(result));
  }
  for (unsigned i = 0; i < count; ++i) {
    Device device = nullptr;
    const Return result =
        nvml.Call<Return(unsigned, Device*)>("nvmlDeviceGetHandleByIndex_v2", i, &device);
    if (result == kSuccess) {
      reading.gpus.push_back(ReadGpu(nvml, device));
    } else {
      reading.not_read.push_back("gpu " + std::to_string(i) + ": " + nvml.Error(result));
    }
  }
  return reading;
}

}  // namespace nam56r::launch::probe
